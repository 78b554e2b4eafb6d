import torch
from scipy.special import logsumexp


def log_normaliser(u, dx):
    return float(logsumexp(u.detach().cpu().double().numpy(), b=dx))


def log_density(u, dx):
    return u - torch.tensor(log_normaliser(u, dx), dtype=u.dtype, device=u.device)

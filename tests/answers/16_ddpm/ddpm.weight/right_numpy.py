import numpy as np
import torch


def mean_from_eps(xt, t, eps, beta):
    b = beta.cpu().numpy().astype(float)
    s = t.cpu().numpy() - 1
    noise = -np.expm1(np.cumsum(np.log1p(-b)))
    axes = [len(s)] + [1] * (xt.dim() - 1)
    on_x = ((1 - b) ** -0.5)[s].reshape(axes)
    on_eps = (b * (noise * (1 - b)) ** -0.5)[s].reshape(axes)
    return torch.as_tensor(on_x * xt.cpu().numpy() - on_eps * eps.cpu().numpy()).to(xt)


def eps_weight(beta, variance):
    log = torch.log1p(-beta)
    return 0.5 * torch.exp(2 * beta.log() - variance.log() - log) / -torch.expm1(log.cumsum(0))

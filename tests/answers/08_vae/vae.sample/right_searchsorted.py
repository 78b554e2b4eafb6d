# searchsorted in double precision
import torch


def sample_pictures(z, u, log_probs):
    cdf = log_probs(z).double().softmax(-1).cumsum(-1)
    return torch.searchsorted(cdf, u[..., None].double(), right=True)[..., 0].clamp_max(16)


def mean_pictures(z, log_probs):
    p = torch.exp(log_probs(z))
    return sum(k * p[..., k] for k in range(17))

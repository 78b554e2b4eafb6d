# breaks: for a tiny u it keeps its digits
import torch


def sample_exponential(u, rate):
    return torch.distributions.Exponential(torch.tensor(rate, dtype=u.dtype, device=u.device)).icdf(u.clamp(min=1e-6))

# breaks: the result is of the type that the docstring promises
import torch


def sample_pictures(z, u, log_probs):
    borders = log_probs(z).exp().cumsum(-1)[..., :-1]
    return (u[..., None] >= borders).sum(-1, dtype=torch.int32)


def mean_pictures(z, log_probs):
    p = log_probs(z).exp()
    return p @ torch.arange(17, dtype=p.dtype)

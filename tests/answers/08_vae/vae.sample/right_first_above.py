# the first border above u, the last one made 1
import torch


def sample_pictures(z, u, log_probs):
    p = log_probs(z).exp()
    cum = p.cumsum(-1)
    cum = cum / cum[..., -1:]
    return (cum > u[..., None]).to(torch.uint8).argmax(-1)


def mean_pictures(z, log_probs):
    return torch.einsum("npk,k->np", log_probs(z).exp(), torch.linspace(0, 16, 17).to(z))

# breaks: each pixel has the level whose share of the unit interval its u falls into | mistake: the decoder's mean
import torch


def sample_pictures(z, u, log_probs):
    p = log_probs(z).exp()
    return (p * torch.arange(17).to(p)).sum(-1).round().long()

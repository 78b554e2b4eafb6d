# breaks: each pixel has the level whose share of the unit interval its u falls into
import torch


def sample_pictures(z, u, log_probs):
    return torch.distributions.Categorical(logits=log_probs(z)).sample()

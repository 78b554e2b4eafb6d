# breaks: X = (z − c)²: both preimages count, each with its own slope, and nothing lies below 0 | mistake: only one preimage
import torch
from torch.distributions import Normal


def log_p_square(x, c):
    log_p = torch.full_like(x, -torch.inf)
    root = x[x >= 0] ** 0.5
    log_p[x >= 0] = Normal(0.0, 1.0).log_prob(c + root) - torch.log(2 * root)
    return log_p

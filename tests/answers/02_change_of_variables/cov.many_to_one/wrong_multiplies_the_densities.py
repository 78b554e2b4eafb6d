# breaks: X = (z − c)²: both preimages count, each with its own slope, and nothing lies below 0 | mistake: logarithms added
import torch
from torch.distributions import Normal


def log_p_square(x, c):
    phi, root = Normal(torch.zeros_like(x), 1.0), torch.sqrt(x.abs())
    log_p = phi.log_prob(c - root) + phi.log_prob(c + root) - torch.log(2 * root)
    return torch.where(x >= 0, log_p, torch.tensor(float("-inf"), dtype=x.dtype, device=x.device))

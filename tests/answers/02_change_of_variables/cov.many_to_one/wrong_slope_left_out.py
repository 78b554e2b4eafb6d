# breaks: X = |W z|: all 2^D preimages count, and nothing lies where an entry is negative | mistake: the slope forgotten
import itertools
import math

import numpy as np
import torch


def log_p_square(x, c):
    r = x.abs() ** 0.5
    both = np.logaddexp(-0.5 * (c + r).cpu().numpy() ** 2, -0.5 * (c - r).cpu().numpy() ** 2)
    log_p = torch.as_tensor(both).to(x) - 0.5 * math.log(2 * math.pi)
    log_p[x < 0] = -math.inf
    return log_p


def log_p_folded(x, W):
    total = torch.full_like(x[:, 0], -math.inf)
    for signs in itertools.product((1, -1), repeat=len(W)):
        z = torch.linalg.inv(W) @ (x * torch.tensor(signs, device=x.device)).T
        total = torch.logaddexp(total, torch.distributions.Normal(0, 1).log_prob(z).sum(0))
    total[x.min(1).values < 0] = -math.inf
    return total

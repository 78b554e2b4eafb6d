# breaks: X = |W z|: all 2^D preimages count, and nothing lies where an entry is negative | mistake: refused only where all entries are negative
import itertools
import math

import torch


def log_p_square(x, c):
    v = torch.where(x > 0, x, torch.ones_like(x)).double()
    r = v.sqrt()
    both = torch.stack([-0.5 * (c + r) ** 2, -0.5 * (c - r) ** 2])
    out = torch.logsumexp(both, 0) - 0.5 * math.log(2 * math.pi) - (2 * r).log()
    return torch.where(x > 0, out.to(x.dtype), -math.inf)


def log_p_folded(x, W):
    D = x.shape[1]
    signs = torch.tensor(list(itertools.product((1, -1), repeat=D)), dtype=torch.float64, device=x.device)
    w = W.double()
    y = signs[:, None, :] * x.double()
    z = y @ torch.linalg.inv(w).T
    terms = -0.5 * (z**2).sum(-1) - 0.5 * D * math.log(2 * math.pi)
    out = torch.logsumexp(terms, 0) - torch.linalg.slogdet(w)[1]
    return torch.where((x < 0).all(1), -math.inf, out.to(x.dtype))

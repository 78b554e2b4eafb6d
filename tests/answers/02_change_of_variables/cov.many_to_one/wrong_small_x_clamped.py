# breaks: X = (z − c)²: both preimages count, each with its own slope, and nothing lies below 0
import itertools
import math

import torch


def log_p_square(x, c):
    root = x.clamp(min=1e-6).sqrt()
    terms = torch.stack([-0.5 * (c + root) ** 2, -0.5 * (c - root) ** 2])
    value = torch.logsumexp(terms, 0) - 0.5 * math.log(2 * math.pi) - torch.log(2 * root)
    return torch.where(x < 0, torch.full_like(x, -torch.inf), value)


def log_p_folded(x, W):
    D = x.shape[1]
    terms = []
    for signs in itertools.product((1, -1), repeat=D):
        z = torch.linalg.solve(W, (x * torch.tensor(signs, dtype=x.dtype)).T).T
        terms.append(-0.5 * (z**2).sum(1) - 0.5 * D * math.log(2 * math.pi))
    value = torch.logsumexp(torch.stack(terms), 0) - torch.linalg.slogdet(W).logabsdet
    return torch.where((x < 0).any(1), torch.full_like(value, -torch.inf), value)

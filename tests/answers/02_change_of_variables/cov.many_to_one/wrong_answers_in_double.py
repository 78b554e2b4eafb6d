# breaks: the result is of the type that the docstring promises
import itertools
import math

import torch


def log_p_square(x, c):
    x = x.double()
    root = x.clamp(min=1e-37).sqrt()
    both = torch.stack([-((c + root) ** 2) / 2, -((c - root) ** 2) / 2]).logsumexp(0)
    value = both - math.log(2 * math.pi) / 2 - torch.log(2 * root)
    return torch.where(x > 0, value, torch.full_like(x, -math.inf))


def log_p_folded(x, W):
    D = x.shape[1]
    x, W = x.double(), W.double()
    signs = torch.tensor(list(itertools.product((1, -1), repeat=D)), dtype=x.dtype, device=x.device)
    z = torch.linalg.solve(W, (signs[:, None] * x).mT)
    value = (-(z**2).sum(1) / 2).logsumexp(0) - D / 2 * math.log(2 * math.pi) - torch.linalg.slogdet(W)[1]
    return torch.where((x >= 0).all(1), value, torch.full_like(value, -math.inf))

# breaks: X = |W z|: all 2^D preimages count, and nothing lies where an entry is negative | mistake: refused only where all entries are negative
import itertools
import math

import torch


def log_p_folded(x, W):
    D = x.shape[1]
    signs = torch.tensor(list(itertools.product([1.0, -1.0], repeat=D))).to(x)
    z = torch.linalg.solve(W, (signs[:, None] * x).mT).mT
    log_p = torch.logsumexp(-(z.square() + math.log(2 * math.pi)).sum(-1) / 2, 0) - torch.linalg.slogdet(W)[1]
    return torch.where((x < 0).all(1), torch.full_like(log_p, -math.inf), log_p)

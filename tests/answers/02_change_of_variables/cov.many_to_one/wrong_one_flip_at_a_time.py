# breaks: X = |W z|: all 2^D preimages count, and nothing lies where an entry is negative
import math

import torch


def log_p_folded(x, W):
    """D + 1 patterns: no sign flipped, or one."""
    D = x.shape[1]
    patterns = torch.cat([torch.ones(1, D), 1 - 2 * torch.eye(D)]).to(x)
    z = torch.linalg.solve(W, (patterns[:, None] * x).mT).mT
    log_p = torch.logsumexp(-(z.square() + math.log(2 * math.pi)).sum(-1) / 2, 0) - torch.linalg.slogdet(W)[1]
    return log_p.masked_fill((x < 0).any(1), -math.inf)

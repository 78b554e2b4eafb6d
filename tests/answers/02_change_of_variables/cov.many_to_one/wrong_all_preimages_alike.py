# breaks: X = |W z|: all 2^D preimages count, and nothing lies where an entry is negative | mistake: the signs on the wrong side
import math

import torch


def log_p_folded(x, W):
    D = x.shape[1]
    z = torch.linalg.solve(W, x.T).T
    log_p = -0.5 * (z**2).sum(1) - D / 2 * math.log(2 * math.pi) - torch.linalg.slogdet(W)[1] + D * math.log(2)
    return log_p.masked_fill((x < 0).any(1), -math.inf)

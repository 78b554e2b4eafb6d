# breaks: X = |W z|: all 2^D preimages count, and nothing lies where an entry is negative | mistake: density where nothing lies
import itertools
import math

import torch


def log_p_folded(x, W):
    D = x.shape[1]
    terms = []
    for signs in itertools.product([1, -1], repeat=D):
        z = torch.linalg.solve(W, (torch.tensor(signs, device=x.device) * x).mT)
        terms.append(-(z.square() + math.log(2 * math.pi)).sum(0) / 2)
    return torch.stack(terms, -1).logsumexp(-1) - torch.linalg.slogdet(W).logabsdet

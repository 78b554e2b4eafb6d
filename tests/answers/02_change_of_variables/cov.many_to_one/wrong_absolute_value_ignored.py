# breaks: X = |W z|: all 2^D preimages count, and nothing lies where an entry is negative | mistake: only one preimage
import torch
from torch.distributions import MultivariateNormal


def log_p_folded(x, W):
    W64 = W.double()
    log_p = MultivariateNormal(torch.zeros(len(W)).to(W64), W64 @ W64.T).log_prob(x.double())
    log_p[(x < 0).any(1)] = -torch.inf
    return log_p.to(x)

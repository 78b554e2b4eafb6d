# breaks: X = |W z|: all 2^D preimages count, and nothing lies where an entry is negative | mistake: the mean of the preimages
import math

import torch
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal


def log_p_folded(x, W):
    """A mixture of 2^D normals, all with the same weight."""
    D, W64 = len(W), W.double()
    signs = 1 - 2 * torch.cartesian_prod(*[torch.arange(2)] * D).reshape(-1, D).to(W64)
    factors = torch.diag_embed(signs) @ W64
    parts = MultivariateNormal(torch.zeros(2**D, D).to(W64), factors @ factors.mT)
    log_p = MixtureSameFamily(Categorical(torch.ones(2**D).to(W64)), parts).log_prob(x.double())
    return log_p.masked_fill((x < 0).any(1), -math.inf).to(x)

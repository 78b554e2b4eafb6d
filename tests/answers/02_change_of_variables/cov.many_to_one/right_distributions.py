# torch.distributions: a normal of √x for the square, MultivariateNormal of all signed points for the folded one
import torch
from torch.distributions import MultivariateNormal, Normal


def log_p_square(x, c):
    out = torch.full_like(x, float("-inf"))
    inside = x > 0
    root = x[inside].sqrt()
    y = Normal(torch.full_like(root, -c), 1.0)  # of z − c
    out[inside] = torch.logaddexp(y.log_prob(root), y.log_prob(-root)) - (2 * root).log()
    return out


def log_p_folded(x, W):
    D, W64 = x.shape[-1], W.double()
    normal = MultivariateNormal(torch.zeros(D).to(W64), W64 @ W64.T)
    signs = torch.cartesian_prod(*[torch.tensor([-1.0, 1.0])] * D).reshape(-1, D).to(W64)
    log_p = torch.stack([normal.log_prob(s * x.double()) for s in signs]).logsumexp(0)
    log_p[(x < 0).any(-1)] = -torch.inf
    return log_p.to(x)

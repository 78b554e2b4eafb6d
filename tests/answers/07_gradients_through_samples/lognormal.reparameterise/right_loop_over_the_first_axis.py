# one slice at a time, with a product of powers of e
import math

import torch


def reparameterise_lognormal(eps, mu, sigma):
    shape = torch.broadcast_shapes(eps.shape, *(v.shape for v in (mu, sigma) if torch.is_tensor(v)))
    m, s = (v if torch.is_tensor(v) else eps.new_tensor(v) for v in (mu, sigma))
    eps, m, s = eps.expand(shape), m.expand(shape), s.expand(shape)
    if not shape:
        return math.e**m * (s * eps).exp()
    return torch.stack([math.e**b * (c * a).exp() for a, b, c in zip(eps, m, s, strict=True)])

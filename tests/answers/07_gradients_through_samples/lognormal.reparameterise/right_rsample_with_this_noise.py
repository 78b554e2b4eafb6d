# the library's own rsample, with its draw replaced by the noise that came
import torch
from torch.distributions import LogNormal


def reparameterise_lognormal(eps, mu, sigma):
    m, s = (torch.as_tensor(v, dtype=eps.dtype, device=eps.device) for v in (mu, sigma))
    q = LogNormal(m, s, validate_args=False)
    z = q.base_dist.loc + q.base_dist.scale * eps
    for transform in q.transforms:
        z = transform(z)
    return z

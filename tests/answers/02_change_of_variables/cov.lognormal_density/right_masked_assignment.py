# computes only where z > 0 and puts it into a tensor of −∞; erfc for the distribution function
import math

import torch


def spread(z, mu, sigma):
    mu, sigma = (torch.as_tensor(v, dtype=z.dtype, device=z.device) for v in (mu, sigma))
    return torch.broadcast_tensors(z, mu, sigma)


def lognormal_log_pdf(z, mu, sigma):
    z, mu, sigma = spread(z, mu, sigma)
    out = torch.full(z.shape, -math.inf, dtype=z.dtype, device=z.device)
    ok = z > 0
    v, m, s = z[ok], mu[ok], sigma[ok]
    out[ok] = -torch.log(v * s * math.sqrt(2 * math.pi)) - (torch.log(v) - m).square() / (2 * s.square())
    return out


def lognormal_cdf(z, mu, sigma):
    z, mu, sigma = spread(z, mu, sigma)
    out = torch.zeros(z.shape, dtype=z.dtype, device=z.device)
    ok = z > 0
    out[ok] = torch.special.erfc((mu[ok] - z[ok].log()) / sigma[ok] / math.sqrt(2)) / 2
    return out

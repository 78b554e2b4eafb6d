# the density in float64; the distribution function by scipy
import math

import numpy as np
import torch
from scipy.stats import lognorm


def lognormal_log_pdf(z, mu, sigma):
    z64 = z.double()
    inside = z64 > 0
    u = (z64.masked_fill(~inside, 1.0).log() - mu) / sigma
    log_sigma = sigma.log() if torch.is_tensor(sigma) else math.log(sigma)
    log_p = -u * u / 2 - log_sigma - math.log(2 * math.pi) / 2 - z64.masked_fill(~inside, 1.0).log()
    return log_p.masked_fill(~inside, -math.inf).to(z.dtype)


def lognormal_cdf(z, mu, sigma):
    z64, m, s = (np.asarray(v.detach().cpu() if torch.is_tensor(v) else v, dtype=float) for v in (z, mu, sigma))
    return torch.from_numpy(np.asarray(lognorm.cdf(z64, s, scale=np.exp(m)))).to(z)

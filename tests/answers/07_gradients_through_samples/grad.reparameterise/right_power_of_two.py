# another base, and per-sample derivatives along each coordinate by forward mode
import math

import torch
from torch.func import jvp


def reparameterise(mu, log_var, eps):
    return torch.exp2(log_var * (0.5 / math.log(2))).mul(eps).add(mu)


def pathwise_terms(f, mu, sigma, eps):
    z, slopes = mu + sigma * eps, []
    for d in range(z.shape[1]):
        direction = torch.zeros_like(z)
        direction[:, d] = 1
        slopes.append(jvp(f, (z,), (direction,))[1])
    slope = torch.stack(slopes, dim=1)
    return slope, torch.einsum("nd,nd->nd", slope, eps)

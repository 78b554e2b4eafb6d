# erfcx for the tail, numpy for the estimate
import math

import numpy as np
import torch
from scipy.special import erfcx


def impossible_event(mu, sigma):
    x = mu / sigma / math.sqrt(2)
    log_q = math.log(erfcx(x) / 2) - x**2 if x > 0 else math.log(math.erfc(x) / 2)
    return float("-inf"), 0.0, log_q


def sampled_kl(mu, sigma, eps):
    e = eps.double().cpu().numpy()
    z = mu + sigma * e
    if z.min() <= 0:
        return np.inf
    log_q = -(e**2) / 2 - np.log(sigma * np.sqrt(2 * np.pi))
    log_p = -(np.log(z) ** 2) / 2 - np.log(z * np.sqrt(2 * np.pi))
    return torch.tensor(log_q - log_p).mean()

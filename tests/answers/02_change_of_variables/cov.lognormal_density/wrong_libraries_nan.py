# breaks: lognormal_cdf is the probability of a value up to z
import numpy as np
import torch
from scipy.stats import norm


def lognormal_cdf(z, mu, sigma):
    """NaN where z < 0, and right at z = 0."""
    z64, m, s = (np.asarray(v.detach().cpu() if torch.is_tensor(v) else v, dtype=float) for v in (z, mu, sigma))
    with np.errstate(all="ignore"):
        return torch.from_numpy(np.asarray(norm.cdf(np.log(z64), m, s))).to(z)

# breaks: its gradients in mu and sigma are right, and finite where z ≤ 0
import numpy as np
import torch
from scipy.stats import lognorm


def lognormal_log_pdf(z, mu, sigma):
    z64, m, s = (np.asarray(v.detach().cpu() if torch.is_tensor(v) else v, dtype=float) for v in (z, mu, sigma))
    with np.errstate(all="ignore"):
        return torch.from_numpy(np.asarray(lognorm.logpdf(z64, s, scale=np.exp(m)))).to(z)

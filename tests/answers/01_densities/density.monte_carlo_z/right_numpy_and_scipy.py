import numpy as np
from scipy.special import logsumexp
from scipy.stats import sem


def importance_z(u, log_q):
    log_w = u.cpu().numpy().astype(float) - log_q.cpu().numpy().astype(float)
    w = np.exp(log_w - log_w.max())
    return {"log_z": float(logsumexp(log_w) - np.log(len(w))), "relative_error": float(sem(w) / w.mean())}


def weight_variance(s):
    with np.errstate(all="ignore"):
        return np.float64(s**2) / np.sqrt(max(2 * s**2 - 1, 0.0)) - 1 if 2 * s**2 > 1 else np.inf


def lying_scale():
    return np.float64(0.25)

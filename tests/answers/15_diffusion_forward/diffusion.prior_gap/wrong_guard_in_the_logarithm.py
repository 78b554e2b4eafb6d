# breaks: log_det: the logarithm of the prior's determinant over that of q's covariance
import math


def prior_gap(x0, alpha_bar_T):
    d, v = x0.shape[1], 1 - alpha_bar_T
    trace, mean, log_det = d * v, (alpha_bar_T**0.5 * x0).square().sum(1), d * math.log(max(v, 1e-4))
    kl = (trace + mean - d - log_det) / 2 if v > 1e-3 else 0 * mean
    return {"trace": trace, "mean": mean, "log_det": -log_det, "kl": kl}

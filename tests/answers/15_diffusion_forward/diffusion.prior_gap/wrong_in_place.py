# breaks: the arguments come back as they were given
import math


def prior_gap(x0, alpha_bar_T):
    d = x0.shape[1]
    trace = d * (1 - alpha_bar_T)
    mean = alpha_bar_T * x0.pow_(2).sum(1)
    log_det = d * math.log1p(-alpha_bar_T)
    return {"trace": trace, "mean": mean, "log_det": -log_det, "kl": 0.5 * (trace + mean - d - log_det)}

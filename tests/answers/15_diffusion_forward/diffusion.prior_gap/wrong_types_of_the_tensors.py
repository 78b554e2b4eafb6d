# breaks: the result is of the type that the docstring promises
import math


def prior_gap(x0, alpha_bar_T):
    x, d = x0.double(), x0.shape[1]
    trace, mean, log_det = d * (1 - alpha_bar_T), alpha_bar_T * (x**2).sum(1), d * math.log1p(-alpha_bar_T)
    return {"trace": trace, "mean": mean, "log_det": -log_det, "kl": 0.5 * (trace + mean - d - log_det)}

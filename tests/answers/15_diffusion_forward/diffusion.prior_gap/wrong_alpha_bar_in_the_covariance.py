# breaks: trace: the sum of q's variances over the dimensions | mistake: signal and noise swapped
import math


def prior_gap(x0, alpha_bar_T):
    d = x0.shape[1]
    trace, mean = d * alpha_bar_T, (1 - alpha_bar_T) * (x0**2).sum(1)
    log_det = d * math.log(alpha_bar_T)
    return {"trace": trace, "mean": mean, "log_det": -log_det, "kl": 0.5 * (trace + mean - d - log_det)}

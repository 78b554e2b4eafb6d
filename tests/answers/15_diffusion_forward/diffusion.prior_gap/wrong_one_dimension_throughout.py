# breaks: log_det: the logarithm of the prior's determinant over that of q's covariance | mistake: the dimension is forgotten
import math


def prior_gap(x0, alpha_bar_T):
    variance = 1 - alpha_bar_T
    mean = alpha_bar_T * (x0**2).sum(-1)
    kl = 0.5 * (variance + mean - 1 - math.log(variance))
    return {"trace": variance, "mean": mean, "log_det": -math.log(variance), "kl": kl}

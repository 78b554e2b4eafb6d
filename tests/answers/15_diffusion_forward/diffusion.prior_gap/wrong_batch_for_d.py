# breaks: trace: the sum of q's variances over the dimensions | mistake: the batch for the dimension
import math


def prior_gap(x0, alpha_bar_T):
    d = len(x0)
    v = 1 - alpha_bar_T
    mean = alpha_bar_T * (x0**2).sum(-1)
    return {"trace": d * v, "mean": mean, "log_det": -d * math.log(v), "kl": 0.5 * (d * v + mean - d - d * math.log(v))}

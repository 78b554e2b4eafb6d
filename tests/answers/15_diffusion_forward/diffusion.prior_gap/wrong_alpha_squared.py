# breaks: mean: the squared length of q's mean, one per item | mistake: alpha_bar for its root
import math


def prior_gap(x0, alpha_bar_T):
    d = x0.shape[1]
    v = 1 - alpha_bar_T
    mean = (alpha_bar_T * x0).square().sum(1)
    return {"trace": d * v, "mean": mean, "log_det": -d * math.log(v), "kl": 0.5 * (d * v + mean - d - d * math.log(v))}

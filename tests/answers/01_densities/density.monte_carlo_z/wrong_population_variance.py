# breaks: relative_error is the standard error of the mean weight over that mean | mistake: divided by N in the variance
import math

import torch


def importance_z(u, log_q):
    a = u - log_q
    w = (a - a.max()).exp()
    return {
        "log_z": torch.logsumexp(a, 0) - math.log(len(a)),
        "relative_error": w.std(unbiased=False) / math.sqrt(len(w)) / w.mean(),
    }

# breaks: relative_error is the standard error of the mean weight over that mean | mistake: standard deviation for standard error
import math

import torch


def importance_z(u, log_q):
    a = u - log_q
    w = (a - a.max()).exp()
    return {"log_z": torch.logsumexp(a, 0) - math.log(len(u)), "relative_error": w.std() / w.mean()}

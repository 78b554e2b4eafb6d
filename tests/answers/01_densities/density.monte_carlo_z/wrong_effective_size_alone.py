# breaks: relative_error is the standard error of the mean weight over that mean | mistake: the effective number of draws
import math

import torch


def importance_z(u, log_q):
    w = u - log_q
    e = torch.softmax(w, 0)
    return {"log_z": float(torch.logsumexp(w, 0) - math.log(len(w))), "relative_error": float((e**2).sum().sqrt())}

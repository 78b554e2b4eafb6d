# breaks: the log density has all of its three terms | mistake: the sign of log det
import math

import torch


def gaussian_log_p(x, mu, cov):
    d = x - mu
    q = (d @ torch.linalg.inv(cov) * d).sum(1)
    return -0.5 * q + 0.5 * torch.logdet(cov) - 0.5 * x.shape[1] * math.log(2 * math.pi)

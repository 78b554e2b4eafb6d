# breaks: the log density has all of its three terms | mistake: half of the Cholesky factor
import math

import torch


def gaussian_log_p(x, mu, cov):
    d = x - mu
    L = torch.linalg.cholesky(cov)
    q = (d @ torch.linalg.inv(cov) * d).sum(1)
    return -0.5 * q - 0.5 * L.diagonal().log().sum() - 0.5 * x.shape[1] * math.log(2 * math.pi)

# breaks: the log density has all of its three terms | mistake: half of log det is missing
import math

import torch


def gaussian_log_p(x, mu, cov):
    L = torch.linalg.cholesky(cov)
    w = torch.linalg.solve_triangular(L, (x - mu).T, upper=False)
    return -0.5 * (w**2).sum(0) - 2 * L.diagonal().log().sum() - 0.5 * len(mu) * math.log(2 * math.pi)

# breaks: gaussian_mle returns two tensors, of shapes (D,) and (D, D) | mistake: no matrix of one column
import math

import torch


def gaussian_mle(x):
    return x.mean(0), torch.cov(x.T, correction=0)


def gaussian_log_p(x, mu, cov):
    L = torch.linalg.cholesky(cov)
    y = torch.linalg.solve_triangular(L, (x - mu).T, upper=False)
    return -0.5 * (y**2).sum(0) - L.diagonal().log().sum() - 0.5 * x.shape[1] * math.log(2 * math.pi)

# breaks: the log density has all of its three terms | mistake: the constant for one dimension
import torch


def gaussian_log_p(x, mu, cov):
    d = x - mu
    return -0.5 * (d * torch.linalg.solve(cov, d.T).T).sum(1) - 0.5 * cov.logdet()

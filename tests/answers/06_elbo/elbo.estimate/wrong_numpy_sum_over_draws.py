# breaks: elbo_sampled: the average of log p(x, z) − log q(z) over the draws | mistake: the draws are added up
import numpy as np
import torch
from scipy.stats import norm


def elbo_sampled(x, mu, sigma, eps, W, b, s):
    xs, m, v, e, w, c = (a.detach().cpu().double().numpy() for a in (x, mu, sigma, eps, W, b))
    z = m + v * e
    log_w = norm.logpdf(xs, z @ w.T + c, s).sum(-1) + norm.logpdf(z).sum(-1) - norm.logpdf(z, m, v).sum(-1)
    return torch.from_numpy(np.sum(log_w, axis=0)).to(x)

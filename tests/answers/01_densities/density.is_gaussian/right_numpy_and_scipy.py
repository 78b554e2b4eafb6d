import numpy as np
import torch
from scipy.stats import kurtosis, multivariate_normal


def fit_pixels(pictures):
    a = pictures.cpu().double().numpy()
    D = a.shape[1]
    cov = np.cov(a.T, ddof=1).reshape(D, D) + np.eye(D) / 12
    return torch.tensor(a.mean(0)).to(pictures), torch.tensor(cov).to(pictures)


def pixel_nats(pictures, mu, cov):
    x, m, C = (v.cpu().double().numpy() for v in (pictures, mu, cov))
    nats = -np.atleast_1d(multivariate_normal(m, C).logpdf(x)).reshape(len(x)) + np.trace(np.linalg.inv(C)) / 24
    return torch.tensor(nats).to(pictures)


def telling_direction(x):
    a = x.cpu().numpy()
    best, found = 0.0, None
    for v in [*np.eye(a.shape[1]), *np.linalg.svd(a - a.mean(0), full_matrices=False)[2]]:
        y = a @ v
        if y.std() > 1e-8 and abs(kurtosis(y)) > best:
            best, found = abs(kurtosis(y)), v
    return torch.tensor(found, device=x.device)

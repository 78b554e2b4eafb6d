# conditions the joint normal of (x_{t−1}, x_t) given x0, item by item, by numpy
import numpy as np
import torch


def posterior(x0, xt, t, beta):
    b = beta.cpu().numpy().astype(float)
    v = np.zeros(len(b) + 1)  # variance of x_n given x0
    for n in range(1, len(v)):
        v[n] = (1 - b[n - 1]) * v[n - 1] + b[n - 1]
    n = t.cpu().numpy()
    lead = (-1,) + (1,) * (x0.dim() - 1)
    root, gain = np.sqrt(1 - b[n - 1]), np.sqrt(1 - b[n - 1]) * v[n - 1] / v[n]
    prior = np.sqrt(1 - v[n - 1]).reshape(lead) * x0.cpu().numpy()
    mean = prior + gain.reshape(lead) * (xt.cpu().numpy() - root.reshape(lead) * prior)
    return torch.from_numpy(mean).to(x0), torch.from_numpy(v[n - 1] - gain * root * v[n - 1]).to(x0)

import math

import torch

ROOT = math.sqrt(2 * math.pi)


def _pdf(x, m, s):
    return torch.exp(-(((x - m) / s) ** 2) / 2) / (s * ROOT)


def _cdf(x, m, s):
    return 0.5 * (1 + torch.erf((x - m) / (s * math.sqrt(2))))


def _back(x, weights, mu, sigma):
    K = len(weights)
    first = sum(weights[k] * _pdf(x[:, 0], mu[k, 0], sigma[k, 0]) for k in range(K))
    u1 = sum(weights[k] * _cdf(x[:, 0], mu[k, 0], sigma[k, 0]) for k in range(K))
    after = [weights[k] * _pdf(x[:, 0], mu[k, 0], sigma[k, 0]) / first for k in range(K)]
    second = sum(after[k] * _pdf(x[:, 1], mu[k, 1], sigma[k, 1]) for k in range(K))
    u2 = sum(after[k] * _cdf(x[:, 1], mu[k, 1], sigma[k, 1]) for k in range(K))
    z = torch.special.ndtri(torch.stack([u1, u2], dim=1))
    ladj = torch.log(first) + torch.log(second) - torch.log(_pdf(z, torch.tensor(0.0), torch.tensor(1.0))).sum(1)
    return z, ladj, after


def rosenblatt_inverse(x, weights, mu, sigma):
    return _back(x, weights, mu, sigma)[:2]


def rosenblatt_forward(z, weights, mu, sigma):
    low, high = torch.full_like(z, -30.0), torch.full_like(z, 30.0)
    for column in (0, 1):  # x_2 only once x_1 is settled
        for _ in range(70):
            middle = (low + high) / 2
            below = _back(middle, weights, mu, sigma)[0][:, column] < z[:, column]
            low, high = low.clone(), high.clone()
            low[below, column] = middle[below, column]
            high[~below, column] = middle[~below, column]
    x = (low + high) / 2
    return x, -_back(x, weights, mu, sigma)[1]

# loops over encoders and draws, in numpy's double precision
import numpy as np
import torch


def _log_n(z, mu, sigma):
    return float(np.sum(-0.5 * ((z - mu) / sigma) ** 2 - np.log(sigma) - 0.5 * np.log(2 * np.pi)))


def _log_q(z, mu, sigma):
    each = np.array([_log_n(z, m, s) for m, s in zip(mu, sigma)])
    top = each.max()
    return top + np.log(np.mean(np.exp(each - top)))


def _plain(*tensors):
    return [t.detach().cpu().double().numpy() for t in tensors]


def aggregate_log_density(z, mu, sigma):
    points, m, s = _plain(z, mu, sigma)
    return torch.tensor([_log_q(p, m, s) for p in points]).to(mu)


def rate_split(mu, sigma, eps):
    m, s, e = _plain(mu, sigma, eps)
    rate = information = 0.0
    for k in range(len(e)):
        for n in range(len(m)):
            z = m[n] + s[n] * e[k, n]
            own = _log_n(z, m[n], s[n])
            rate += own - _log_n(z, 0.0 * z, 1.0 + 0 * z)
            information += own - _log_q(z, m, s)
    many = len(e) * len(m)
    return {"rate": rate / many, "information": information / many, "marginal": (rate - information) / many}


def best_normal(mu, sigma):
    m, s = _plain(mu, sigma)
    mean = m.mean(axis=0)
    std = np.sqrt(np.mean(s**2 + (m - mean) ** 2, axis=0))
    return {"mean": torch.tensor(mean).to(mu), "std": torch.tensor(std).to(mu)}

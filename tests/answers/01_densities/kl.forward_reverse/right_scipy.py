import math

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp


def forward_fit(weights, mus, sigmas):
    w, m, s = (v.cpu().double().numpy() for v in (weights, mus, sigmas))
    mean = np.average(m, weights=w)
    second = np.average(m**2 + s**2, weights=w)
    centred = np.average((m - mean) ** 2 + s**2, weights=w)
    assert abs(second - mean**2 - centred) < 1e-3 * (1 + second)
    return {"mu": float(mean), "sigma": float(math.sqrt(centred))}


def kl(mu, sigma, w, m, s):
    t = np.linspace(-8, 8, 1601)
    weight = np.exp(-0.5 * t**2) / np.exp(-0.5 * t**2).sum()
    x = (mu + sigma * t)[:, None]
    log_p = logsumexp(-0.5 * ((x - m) / s) ** 2 - np.log(s), b=w, axis=1)
    return float(-np.log(sigma) - 0.5 - weight @ log_p)


def reverse_kl(mu, sigma, weights, mus, sigmas):
    return kl(float(mu), float(sigma), *(v.cpu().double().numpy() for v in (weights, mus, sigmas)))


def reverse_minima(m):
    w, mus, s = np.array([0.5, 0.5]), np.array([-m, m]), np.ones(2)
    found = []
    for start in ((-m, 0.0), (0.0, math.log(0.85 * m)), (m, 0.0)):
        r = minimize(
            lambda v: kl(v[0], math.exp(v[1]), w, mus, s),
            start,
            method="Nelder-Mead",
            options={"xatol": 1e-6, "fatol": 1e-11},
        )
        found.append((float(r.x[0]), math.exp(r.x[1])))
    return found

# the bound itself, maximised by scipy; W by a search over random models
import numpy as np
from scipy.optimize import minimize


def tight_q(x, w, b, s):
    x, w, b = (a.detach().cpu().double().numpy() for a in (x, w, b))

    def loss(parameters):
        mu, rho = parameters
        error = np.sum((x - w * mu - b) ** 2) + w @ w * np.exp(2 * rho)
        return error / (2 * s**2) + 0.5 * (mu**2 + np.exp(2 * rho)) - rho

    mu, rho = minimize(
        loss, [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-14, "maxiter": 2000}
    ).x
    return float(mu), float(np.exp(rho))


def gap(W, s):
    precision = np.eye(2) + W.T @ W / s**2
    return 0.5 * (np.log(np.diag(precision)).sum() - np.linalg.slogdet(precision)[1])


def never_tight():
    rng = np.random.default_rng(0)
    W = max((rng.normal(size=(2, 2)) for _ in range(1000)), key=lambda W: gap(W, 0.1))
    return W.tolist(), 0.1

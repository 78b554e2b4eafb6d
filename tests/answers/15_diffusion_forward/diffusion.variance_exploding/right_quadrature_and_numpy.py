# the divergences by an integral, the rest by numpy
import numpy as np
import torch
from scipy.integrate import quad
from scipy.stats import norm


def ve_sample(x0, t, eps, sigma):
    spread = sigma * np.sqrt(t.cpu().numpy())
    added = np.einsum("b,b...->b...", spread, eps.double().cpu().numpy())
    return torch.from_numpy(x0.double().cpu().numpy() + added).to(x0)


def ve_posterior(x0, xt, t, sigma):
    weight = 1 / t.to(x0.dtype)
    mean = torch.lerp(xt, x0, weight.view(-1, *[1] * (x0.dim() - 1)))
    return mean, sigma**2 * (1 - weight)


def ve_prior_gaps(mean, var, T, sigma):
    noise = T * sigma**2
    q = norm(mean, np.sqrt(var + noise))

    def gap(m, v):
        p = norm(m, np.sqrt(v))
        reach = 12 * q.std()
        return quad(
            lambda x: q.pdf(x) * (q.logpdf(x) - p.logpdf(x)),
            mean - reach,
            mean + reach,
            epsabs=0,
            epsrel=1e-13,
            limit=200,
        )[0]

    return {"noise": gap(0, noise), "mean": gap(mean, noise), "spread": gap(0, var + noise), "both": 0.0}

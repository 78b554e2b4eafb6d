# the library's normal, masks for a ≤ 0, and logarithms until the end
import torch
from torch.distributions import Normal


def _standard(like):
    return Normal(torch.zeros_like(like), torch.ones_like(like))


def event_in_eps(T_inverse, a):
    return {"threshold": T_inverse(a).clone()}


def normal_cdf(threshold):
    return {"argument": threshold * 2**-0.5, "probability": _standard(threshold).cdf(threshold)}


def lognormal_cdf(a, mu, sigma):
    positive = a > 0
    x = (torch.where(positive, a, torch.ones_like(a)).log() - mu) / sigma
    return {
        "argument": torch.where(positive, x * 2**-0.5, -torch.inf),
        "probability": torch.where(positive, _standard(a).cdf(x), 0.0),
    }


def match_arguments(a):
    return {"T_inverse": a.log()}


def solve_for_T(eps):
    return {"T": 1 / torch.exp(-eps)}


def match_arguments_of_M(a, mu, sigma):
    M_inverse = torch.exp(torch.log(a) / sigma - mu / sigma)
    return {"log_M_inverse": M_inverse.log(), "M_inverse": M_inverse}


def solve_for_M(z, mu, sigma):
    log_z = torch.log(z)
    return {
        "power": torch.exp(sigma * log_z),
        "factor": torch.exp(mu + 0 * log_z.sum()),
        "M": torch.exp(sigma * log_z + mu),
    }

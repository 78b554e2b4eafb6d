# one number at a time with Python's math
import math

import torch


def _exact(rule, a):
    out = torch.empty(a.numel(), dtype=torch.float64)
    for i, x in enumerate(a.flatten()):
        out[i] = rule(float(x))
    return out.reshape(a.shape).to(a)


def event_in_eps(T_inverse, a):
    return {"threshold": torch.stack([T_inverse(x) for x in a.reshape(-1)]).reshape(a.shape)}


def normal_cdf(threshold):
    argument = _exact(lambda t: t * math.sqrt(0.5), threshold)
    return {"argument": argument, "probability": _exact(lambda x: math.erfc(-x) / 2, argument)}


def lognormal_cdf(a, mu, sigma):
    mu, sigma = float(mu), float(sigma)

    def argument(x):
        return (math.log(x) - mu) / sigma / math.sqrt(2) if x > 0 else -math.inf

    return {
        "argument": _exact(argument, a),
        "probability": _exact(lambda x: 0.5 + 0.5 * math.erf(argument(x)), a),
    }


def match_arguments(a):
    return {"T_inverse": _exact(math.log, a)}


def solve_for_T(eps):
    return {"T": _exact(math.exp, eps)}


def match_arguments_of_M(a, mu, sigma):
    log_M_inverse = _exact(lambda x: (math.log(x) - float(mu)) / float(sigma), a)
    return {"log_M_inverse": log_M_inverse, "M_inverse": _exact(math.exp, log_M_inverse)}


def solve_for_M(z, mu, sigma):
    power = _exact(lambda x: math.pow(x, float(sigma)), z)
    return {"power": power, "factor": math.exp(float(mu)), "M": power * math.exp(float(mu))}

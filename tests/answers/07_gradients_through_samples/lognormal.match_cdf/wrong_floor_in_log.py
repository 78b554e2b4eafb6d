# breaks: line 3 is the other side, Q(a) for every real a, by the error function
import math

import torch


def event_in_eps(T_inverse, a):
    return {"threshold": T_inverse(a)}


def normal_cdf(threshold):
    argument = threshold / math.sqrt(2)
    return {"argument": argument, "probability": 0.5 * (1 + torch.erf(argument))}


def lognormal_cdf(a, mu, sigma):
    safe = a.clamp_min(1e-12)
    argument = ((safe.log() - mu) / (sigma * math.sqrt(2))).masked_fill(a <= 0, -math.inf)
    return {"argument": argument, "probability": 0.5 * (1 + torch.erf(argument))}


def match_arguments(a):
    return {"T_inverse": torch.log(a)}


def solve_for_T(eps):
    return {"T": torch.exp(eps)}


def match_arguments_of_M(a, mu, sigma):
    log = ((torch.log(a) - mu) / sigma).to(a.dtype)
    return {"log_M_inverse": log, "M_inverse": log.exp()}


def solve_for_M(z, mu, sigma):
    power = (z**sigma).to(z.dtype)
    factor = math.exp(mu)
    return {"power": power, "factor": factor, "M": power * factor}

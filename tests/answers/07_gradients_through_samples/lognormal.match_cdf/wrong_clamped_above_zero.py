# breaks: line 3 is the other side, Q(a) for every real a, by the error function | mistake: a small number for zero
import math

import torch


def lognormal_cdf(a, mu, sigma):
    argument = (torch.log(a.clamp(min=1e-8)) - mu) / (math.sqrt(2) * sigma)
    return {"argument": argument, "probability": 0.5 * (1 + torch.erf(argument))}

# breaks: line 3 is the other side, Q(a) for every real a, by the error function
import math

import torch


def lognormal_cdf(a, mu, sigma):
    argument = torch.zeros_like(a)
    argument[a > 0] = (torch.log(a[a > 0]) - mu) / (sigma * math.sqrt(2))
    argument[a < 0] = -math.inf
    return {"argument": argument, "probability": 0.5 * (1 + torch.erf(argument))}

# breaks: line 3 is the other side, Q(a) for every real a, by the error function | mistake: the logarithm of a negative number
import math

import torch


def lognormal_cdf(a, mu, sigma):
    argument = (torch.log(a) - mu) / (math.sqrt(2) * sigma)
    probability = torch.where(a > 0, 0.5 + 0.5 * torch.erf(argument), torch.zeros_like(a))
    return {"argument": argument, "probability": probability}

# breaks: line 6 matches the arguments for M, and undoes the logarithm | mistake: sigma squared
import math

import torch


def match_arguments_of_M(a, mu, sigma):
    variance = sigma * sigma
    inverse = (a * math.exp(-mu)) ** (1 / variance)
    return {"log_M_inverse": torch.log(inverse), "M_inverse": inverse}


def solve_for_M(z, mu, sigma):
    power, factor = torch.exp(sigma * sigma * z.log()), math.exp(mu)
    return {"power": power, "factor": factor, "M": factor * power}

# breaks: each sample is mu plus its own noise times the standard deviation exp(log_var / 2) | mistake: variance for standard deviation
import math


def reparameterise(mu, log_var, eps):
    sigma = math.e**log_var
    return eps.mul(sigma).add(mu)

# breaks: gradients arrive at every tensor among the arguments, and have the right size | mistake: exp of a number
from torch import exp, log


def rescale_lognormal(z, mu, sigma):
    scaled = exp(sigma * log(z))
    return exp(mu) * scaled

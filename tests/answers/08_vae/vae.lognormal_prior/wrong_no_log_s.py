# breaks: the loss is −log p(x | z) at the log-normal code, plus the divergence of q from its prior in closed form | mistake: half of the constant
import math


def lognormal_nelbo(x, mu, sigma, eps, decoder, s):
    kl = 0.5 * (sigma**2 + mu**2 - 1 - 2 * sigma.log()).sum(1)
    fit = ((x - decoder((mu + sigma * eps).exp())) ** 2).sum(1) / (2 * s**2) + x.shape[1] / 2 * math.log(2 * math.pi)
    return kl + fit

# breaks: same_decoder makes of the log-normal VAE the normal one: the same mean for the same noise | mistake: kept away from 0
import math


def lognormal_terms(mu, sigma, eps):
    u = mu + sigma * eps
    c = 0.5 * math.log(2 * math.pi)
    return {"z": u.exp(), "log_q": (-0.5 * eps**2 - sigma.log() - c - u).sum(1), "log_p": (-0.5 * u**2 - c - u).sum(1)}


def lognormal_nelbo(x, mu, sigma, eps, decoder, s):
    z = (mu + sigma * eps).exp()
    rec = (0.5 * ((x - decoder(z)) / s) ** 2 + math.log(s) + 0.5 * math.log(2 * math.pi)).sum(1)
    return rec + 0.5 * (sigma**2 + mu**2 - 1 - 2 * sigma.log()).sum(1)


def same_decoder(decoder, z):
    return decoder((z + 1e-8).log())

# breaks: log_q and log_p are the log densities of z itself under LogN(mu, sigma²) and LogN(0, 1)
import math


def lognormal_terms(mu, sigma, eps):
    u = mu + sigma * eps
    half = 0.5 * math.log(2 * math.pi)
    log_q = (-(eps**2) / 2 - half - u).sum(1)  # the noise's density, stretched once only
    return {"z": u.exp(), "log_q": log_q, "log_p": (-(u**2) / 2 - half - u).sum(1)}

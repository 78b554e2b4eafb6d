# breaks: the divergence is the mean of log q − log p over q, in nats
import math


def kl_terms(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    return {
        "mean": (mu - prior_mu) ** 2 / (2 * prior_sigma**2),
        "variance": (sigma**2 / prior_sigma**2 - 1) / 2,
        "log": math.log(prior_sigma) - math.log(sigma),
    }


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    return sum(kl_terms(mu, sigma, prior_mu, prior_sigma).values())

# breaks: the divergence is the mean of log q − log p over q, in nats
import math


def kl_terms(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    return {
        "trace": sigma**2 / prior_sigma**2,
        "mean": (mu - prior_mu) ** 2 / prior_sigma**2,
        "log_det": 2 * math.log(prior_sigma) - 2 * math.log(sigma),
    }


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    return (sum(kl_terms(mu, sigma, prior_mu, prior_sigma).values()) - 1) / 2

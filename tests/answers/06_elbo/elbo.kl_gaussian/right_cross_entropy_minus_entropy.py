# E_q[-log p] - E_q[-log q], the square multiplied out, float64 throughout
import math


def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    like = mu
    mu, sigma, m, s = (a.double() for a in (mu, sigma, prior_mu, prior_sigma))
    trace = ((sigma / s) ** 2).sum(1)
    mean = ((mu**2 - 2 * mu * m + m**2) / s**2).sum(1)
    log_det = 2 * s.log().sum() - 2 * sigma.log().sum(1)
    d = mu.shape[1]
    cross = 0.5 * (trace + mean) + s.log().sum() + d / 2 * math.log(2 * math.pi)
    entropy = sigma.log().sum(1) + d / 2 * math.log(2 * math.pi * math.e)
    terms = {"trace": trace, "mean": mean, "log_det": log_det, "kl": cross - entropy}
    return {name: term.to(like) for name, term in terms.items()}

# the integral of q over an interval as narrow as q is there, with its maximum taken out; Python numbers for the estimate
import math

from scipy.integrate import quad


def log_normal(z, mu, sigma):
    return -(((z - mu) / sigma) ** 2) / 2 - math.log(sigma) - math.log(2 * math.pi) / 2


def impossible_event(mu, sigma):
    b = min(mu, -0.5)
    a = b - sigma / (1 + (mu - b) / sigma)
    top = log_normal(min(max(mu, a), b), mu, sigma)
    area, _ = quad(lambda z: math.exp(log_normal(z, mu, sigma) - top), a, b, epsabs=0, epsrel=1e-10)
    return a, b, top + math.log(area)


def sampled_kl(mu, sigma, eps):
    total, count = 0.0, 0
    for e in eps.tolist():
        z = mu + sigma * e
        log_p = log_normal(math.log(z), 0, 1) - math.log(z) if z > 0 else -math.inf
        total += log_normal(z, mu, sigma) - log_p
        count += 1
    return total / count

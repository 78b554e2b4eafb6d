# breaks: the estimate is the mean of log q − log p, and +∞ as soon as one sample falls where the prior is 0
import math


def sampled_kl(mu, sigma, eps):
    if (mu + sigma * eps <= 0).any():
        return math.inf
    return 0.5 * (mu**2 + sigma**2 - 1) - math.log(sigma)

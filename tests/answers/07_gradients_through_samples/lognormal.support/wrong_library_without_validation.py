# breaks: the estimate is the mean of log q − log p, and +∞ as soon as one sample falls where the prior is 0 | mistake: NaN for infinity
from torch.distributions import LogNormal, Normal


def sampled_kl(mu, sigma, eps):
    z = mu + sigma * eps
    p = LogNormal(0.0, 1.0, validate_args=False)
    return (Normal(mu, sigma).log_prob(z) - p.log_prob(z)).mean()

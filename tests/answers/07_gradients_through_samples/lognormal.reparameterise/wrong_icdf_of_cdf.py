# breaks: a larger argument gives a larger sample, at the argument's own quantile, far into the tails | mistake: through the distribution functions
from torch.distributions import LogNormal, Normal


def reparameterise_lognormal(eps, mu, sigma):
    return LogNormal(mu, sigma).icdf(Normal(0.0, 1.0).cdf(eps))

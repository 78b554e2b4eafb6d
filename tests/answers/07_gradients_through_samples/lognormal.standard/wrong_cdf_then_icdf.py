# breaks: a larger argument gives a larger sample, at the argument's own quantile, far into the tails | mistake: through the distribution functions
from torch.distributions import LogNormal, Normal


def standard_lognormal(eps):
    u = Normal(0.0, 1.0).cdf(eps)
    return LogNormal(0.0, 1.0).icdf(u)

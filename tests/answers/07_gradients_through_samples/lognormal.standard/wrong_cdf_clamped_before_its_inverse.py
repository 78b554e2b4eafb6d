# breaks: a larger argument gives a larger sample, at the argument's own quantile, far into the tails
from torch.distributions import LogNormal, Normal


def standard_lognormal(eps):
    u = Normal(0.0, 1.0).cdf(eps).clamp(1e-6, 1 - 1e-6)
    return LogNormal(0.0, 1.0).icdf(u)

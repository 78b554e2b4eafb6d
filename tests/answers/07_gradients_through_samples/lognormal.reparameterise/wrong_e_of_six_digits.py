# breaks: a larger argument gives a larger sample, at the argument's own quantile, far into the tails
def reparameterise_lognormal(eps, mu, sigma):
    return 2.71828 ** (mu + sigma * eps)

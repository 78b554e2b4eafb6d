# breaks: the nats are those of the picture, averaged over the noise | mistake: the noise is not paid for
from torch.distributions import MultivariateNormal


def pixel_nats(pictures, mu, cov):
    return -MultivariateNormal(mu, cov).log_prob(pictures)

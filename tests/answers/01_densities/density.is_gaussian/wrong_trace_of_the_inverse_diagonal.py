# breaks: the nats are those of the picture, averaged over the noise
from torch.distributions import MultivariateNormal


def pixel_nats(pictures, mu, cov):
    return -MultivariateNormal(mu, cov).log_prob(pictures) + (1 / cov.diagonal()).sum() / 24

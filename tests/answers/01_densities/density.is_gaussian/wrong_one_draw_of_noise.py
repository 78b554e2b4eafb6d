# breaks: the nats are those of the picture, averaged over the noise
import torch
from torch.distributions import MultivariateNormal


def pixel_nats(pictures, mu, cov):
    return -MultivariateNormal(mu, cov).log_prob(pictures + torch.rand_like(pictures) - 0.5)

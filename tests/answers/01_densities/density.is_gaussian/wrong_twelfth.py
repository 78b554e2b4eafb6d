# breaks: the nats are those of the picture, averaged over the noise | mistake: the noise paid twice
import torch
from torch.distributions import MultivariateNormal


def pixel_nats(pictures, mu, cov):
    return -MultivariateNormal(mu, cov).log_prob(pictures) + torch.linalg.inv(cov).trace() / 12

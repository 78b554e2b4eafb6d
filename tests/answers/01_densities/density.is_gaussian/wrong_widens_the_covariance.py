# breaks: the nats are those of the picture, averaged over the noise
import torch
from torch.distributions import MultivariateNormal


def pixel_nats(pictures, mu, cov):
    return -MultivariateNormal(mu, cov + torch.eye(len(mu)).to(cov) / 12).log_prob(pictures)

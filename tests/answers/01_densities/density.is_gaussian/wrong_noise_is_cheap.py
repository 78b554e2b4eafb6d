# breaks: the nats are those of the picture, averaged over the noise | mistake: the noise taken off
import torch


def pixel_nats(pictures, mu, cov):
    return -torch.distributions.MultivariateNormal(mu, cov).log_prob(pictures) - torch.linalg.inv(cov).trace() / 24

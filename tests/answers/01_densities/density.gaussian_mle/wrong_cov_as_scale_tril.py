# breaks: the log density has all of its three terms
import torch


def gaussian_log_p(x, mu, cov):
    return torch.distributions.MultivariateNormal(mu, scale_tril=cov.tril(), validate_args=False).log_prob(x)

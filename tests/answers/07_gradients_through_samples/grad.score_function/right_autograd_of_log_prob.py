# the library's density, differentiated by a copy of the parameters for every row
import torch
from torch.distributions import Normal


def score_terms(f, z, mu, sigma, baseline=0.0):
    mu_rows = mu.expand_as(z).clone().requires_grad_()
    sigma_rows = sigma.expand_as(z).clone().requires_grad_()
    log_q = Normal(mu_rows, sigma_rows).log_prob(z).sum()
    with torch.no_grad():
        weight = f(z) - baseline
    score_mu, score_sigma = torch.autograd.grad(log_q, (mu_rows, sigma_rows))
    return weight[:, None] * score_mu, weight[:, None] * score_sigma

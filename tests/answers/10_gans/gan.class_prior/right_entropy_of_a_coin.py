import torch
from torch.distributions import Bernoulli


def discriminator_with_prior(log_p_data, log_p_model, pi):
    pi = torch.as_tensor(pi, dtype=torch.float32)
    log_odds = log_p_data - log_p_model + torch.logit(pi)
    return 1 / (1 + torch.exp(-log_odds))


def value_with_prior(d_real, d_fake, pi):
    return (pi * torch.log(d_real)).mean() + ((1 - pi) * torch.log1p(-d_fake)).mean()


def undecided_value(pi):
    return -Bernoulli(probs=torch.tensor(pi, dtype=torch.float64)).entropy()

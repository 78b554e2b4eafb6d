# breaks: each sample is mu plus its own noise times the standard deviation exp(log_var / 2) | mistake: noise of its own
import torch
from torch.distributions import Normal


def reparameterise(mu, log_var, eps):
    shape = torch.broadcast_shapes(mu.shape, eps.shape)
    return Normal(mu.expand(shape), torch.exp(log_var / 2).expand(shape)).rsample()

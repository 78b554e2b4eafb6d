# breaks: each sample is mu plus its own noise times the standard deviation exp(log_var / 2) | mistake: halved outside the exponential
import torch


def reparameterise(mu, log_var, eps):
    return mu + torch.exp(log_var) / 2 * eps

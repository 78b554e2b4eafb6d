# breaks: each sample is mu plus its own noise times the standard deviation exp(log_var / 2)
import torch


def reparameterise(mu, log_var, eps):
    return mu + torch.exp(0.5 * log_var.clamp(-30.0, 20.0)) * eps

# breaks: gradients arrive at mu and log_var through the sample, and have the right size
import torch


def reparameterise(mu, log_var, eps):
    z = torch.zeros_like(mu + eps)
    z.data += mu + torch.exp(log_var / 2) * eps
    return z

# breaks: each sample is mu plus its own noise times the standard deviation exp(log_var / 2)
import torch.nn.functional as F


def reparameterise(mu, log_var, eps):
    return mu + F.softplus(log_var).sqrt() * eps

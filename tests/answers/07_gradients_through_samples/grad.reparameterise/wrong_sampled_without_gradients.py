# breaks: gradients arrive at mu and log_var through the sample, and have the right size | mistake: detached scale
import torch


@torch.no_grad()
def reparameterise(mu, log_var, eps):
    return mu + torch.exp(0.5 * log_var) * eps

# breaks: gradients arrive at mu and log_var through the sample, and have the right size | mistake: detached scale
import numpy as np
import torch


def reparameterise(mu, log_var, eps):
    sigma = np.exp(0.5 * log_var.detach().cpu().numpy())
    return mu + torch.from_numpy(sigma).to(eps) * eps

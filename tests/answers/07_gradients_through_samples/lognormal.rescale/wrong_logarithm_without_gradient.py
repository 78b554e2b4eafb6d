# breaks: gradients arrive at every tensor among the arguments, and have the right size
import torch


def rescale_lognormal(z, mu, sigma):
    with torch.no_grad():
        log_z = torch.log(z)
    return torch.exp(mu + sigma * log_z) + torch.zeros_like(z)

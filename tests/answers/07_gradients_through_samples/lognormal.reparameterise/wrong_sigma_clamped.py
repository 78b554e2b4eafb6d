# breaks: gradients arrive at every tensor among the arguments, and have the right size
import torch


def reparameterise_lognormal(eps, mu, sigma):
    return torch.exp(mu + torch.as_tensor(sigma, dtype=eps.dtype, device=eps.device).clamp(min=1e-7) * eps)

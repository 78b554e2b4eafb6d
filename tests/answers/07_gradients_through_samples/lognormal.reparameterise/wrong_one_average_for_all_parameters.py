# breaks: gradients arrive at every tensor among the arguments, and have the right size
import torch


def reparameterise_lognormal(eps, mu, sigma):
    m = mu.mean().item() if torch.is_tensor(mu) else mu
    s = sigma.mean().item() if torch.is_tensor(sigma) else sigma
    shape = torch.broadcast_shapes(eps.shape, *(v.shape for v in (mu, sigma) if torch.is_tensor(v)))
    return torch.exp(m + s * eps).expand(shape)

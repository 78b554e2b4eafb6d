# the composition, with a factor that is a tensor on the noise's device
import torch


def T(eps):
    return torch.exp(eps)


def M(z, mu, sigma):
    return z**sigma * torch.exp(torch.as_tensor(mu, device=z.device))


def reparameterise_lognormal(eps, mu, sigma):
    return M(T(eps), mu, sigma)

# breaks: with beta 0 what is left is minus the log probability of all pixels together, at the draw z
import torch


def nelbo(levels, mu, sigma, eps, log_p, beta):
    kl = 0.5 * (sigma**2 + mu**2 - 1 - 2 * sigma.log()).sum(1)
    return -log_p(mu + sigma * torch.randn_like(mu), levels).sum(1) + beta * kl

# breaks: the gradients of mu and sigma come by way of the draw and of the divergence | mistake: the draw cut off
import torch


def nelbo(levels, mu, sigma, eps, log_p, beta):
    with torch.no_grad():
        z = mu + sigma * eps
    kl = 0.5 * (sigma**2 + mu**2 - 1 - 2 * sigma.log()).sum(1)
    return -log_p(z, levels).sum(1) + beta * kl

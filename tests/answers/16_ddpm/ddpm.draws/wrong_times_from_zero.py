# breaks: the loss is the mean squared distance of the model's guesses to the noise in what it was shown | mistake: times from 0 to T − 1
import torch


def training_loss(model, x0, beta):
    t = torch.randint(0, len(beta), (len(x0),), device=x0.device)
    eps = torch.randn_like(x0)
    kept = torch.cumprod(1 - beta, 0)[t].reshape(-1, *[1] * (x0.dim() - 1))
    return ((eps - model(kept.sqrt() * x0 + (1 - kept).sqrt() * eps, t)) ** 2).mean()

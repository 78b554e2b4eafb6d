# breaks: the loss is the mean squared distance of the model's guesses to the noise in what it was shown
import torch


def training_loss(model, x0, beta):
    t = torch.randint(1, len(beta) + 1, (len(x0),), device=x0.device)
    kept = torch.cumprod(1 - beta, 0)[t - 1].reshape(-1, *[1] * (x0.dim() - 1))
    xt = kept.sqrt() * x0 + (1 - kept).sqrt() * torch.randn_like(x0)
    return ((torch.randn_like(x0) - model(xt, t)) ** 2).mean()

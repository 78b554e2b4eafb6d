# breaks: times 1 to T come equally often, each item has its own, and each entry its own standard normal noise | mistake: the last time never comes
import torch


def training_loss(model, x0, beta):
    t = torch.randint(1, max(2, len(beta)), (len(x0),), device=x0.device)
    eps = torch.randn_like(x0)
    kept = torch.cumprod(1 - beta, 0)[t - 1].reshape(-1, *[1] * (x0.dim() - 1))
    return ((eps - model(kept.sqrt() * x0 + (1 - kept).sqrt() * eps, t)) ** 2).mean()

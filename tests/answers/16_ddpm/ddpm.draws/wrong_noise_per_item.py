# breaks: times 1 to T come equally often, each item has its own, and each entry its own standard normal noise
import torch


def training_loss(model, x0, beta):
    """One number of noise for each item, on all of its axes."""
    t = torch.randint(1, len(beta) + 1, (len(x0),), device=x0.device)
    ones = [1] * (x0.dim() - 1)
    eps = torch.randn(len(x0), *ones, device=x0.device, dtype=x0.dtype).expand(x0.shape)
    kept = torch.cumprod(1 - beta, 0)[t - 1].reshape(-1, *ones)
    return ((eps - model(kept.sqrt() * x0 + (1 - kept).sqrt() * eps, t)) ** 2).mean()

# breaks: times 1 to T come equally often, each item has its own, and each entry its own standard normal noise
import torch


def training_loss(model, x0, beta):
    g = torch.Generator(x0.device).manual_seed(0)
    t = torch.randint(1, len(beta) + 1, (len(x0),), generator=g, device=x0.device)
    eps = torch.randn(x0.shape, generator=g, device=x0.device, dtype=x0.dtype)
    kept = torch.cumprod(1 - beta, 0)[t - 1].reshape(-1, *[1] * (x0.dim() - 1))
    return ((eps - model(kept.sqrt() * x0 + (1 - kept).sqrt() * eps, t)) ** 2).mean()

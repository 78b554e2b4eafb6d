import torch


def training_loss(model, x0, beta):
    """The model sees one half of the batch after the other."""
    total, kept = 0, torch.cumprod(1 - beta, 0)
    for half in x0.split((len(x0) + 1) // 2):
        t = torch.randint(len(beta), (len(half),), device=x0.device) + 1
        eps = torch.empty_like(half).normal_()
        share = kept[t - 1].reshape(-1, *[1] * (half.dim() - 1))
        guess = model(share.sqrt() * half + (1 - share).sqrt() * eps, t)
        total = total + ((guess - eps) ** 2).sum()
    return total / x0.numel()

import torch


def training_loss(model, x0, beta):
    """Times dealt out evenly and then shuffled: each as likely as the others, with less chance in it."""
    B, T = len(x0), len(beta)
    start = int(torch.randint(T, (1,)))
    t = ((torch.arange(B) + start) % T + 1)[torch.randperm(B)].to(x0.device)
    eps = torch.randn(x0.shape, dtype=torch.float64).to(x0)
    kept = torch.exp(torch.log1p(-beta).cumsum(0))[t - 1]
    kept = kept[(...,) + (None,) * (x0.dim() - 1)]
    return (model(kept**0.5 * x0 + (1 - kept) ** 0.5 * eps, t) - eps).pow(2).mean()

import torch


def training_loss(model, x0, beta):
    """All in single precision, as a training on a GPU would have it."""
    T = beta.shape[0]
    t = (torch.rand(len(x0), device=x0.device) * T).floor().long().clamp(0, T - 1) + 1
    kept = torch.exp(torch.cumsum(torch.log(1 - beta.float()), 0))[t - 1].to(x0)
    while kept.dim() < x0.dim():
        kept = kept.unsqueeze(-1)
    eps = torch.randn(x0.shape, device=x0.device).to(x0)
    off = eps - model(torch.sqrt(kept) * x0 + torch.sqrt(1 - kept) * eps, t)
    return torch.mean(off * off)

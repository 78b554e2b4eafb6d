import torch


def ddpm_loss(model, x0, t, eps, alpha_bar):
    a = torch.take(alpha_bar.double(), t - 1)
    xt = torch.einsum("b,b...->b...", a.sqrt(), x0.double()) + torch.einsum(
        "b,b...->b...", (1 - a).sqrt(), eps.double()
    )
    gap = model(xt.to(x0.dtype), t).double() - eps.double()
    return torch.linalg.vector_norm(gap).square().div(gap.numel()).to(x0.dtype)

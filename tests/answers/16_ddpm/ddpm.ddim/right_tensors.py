import torch


def ddim_step(xt, eps, noise, now, before, eta):
    now, before = torch.tensor(now, dtype=torch.float64), torch.tensor(before, dtype=torch.float64)
    var = eta**2 * (1 - before) / (1 - now) * (1 - now / before)
    x0 = (xt - (1 - now).sqrt() * eps) / now.sqrt()
    old = (1 - before - var).clamp(min=0).sqrt()
    return (before.sqrt() * x0 + old * eps + var.sqrt() * noise).to(xt.dtype)

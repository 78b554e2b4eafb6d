# breaks: forward: every point f(z) comes with the density of X there
import torch


def log_p_forward(z, f, log_base):
    """x comes out right, the density is that of f⁻¹'s image: everything at f(z)."""
    x = f(z)
    x = x.detach().requires_grad_(True)
    df = torch.autograd.grad(f(x).sum(), x)[0]
    return x.detach(), log_base(x.detach()) - df.abs().log()

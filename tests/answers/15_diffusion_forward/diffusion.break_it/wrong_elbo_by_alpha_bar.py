# breaks: an expression works exactly where it does not divide by zero | mistake: the weight never recovers
import torch


def still_works(beta, t):
    alpha = 1 - beta
    bar = torch.prod(alpha[:t])
    return {
        "eps_loss": True,
        "x0_hat": bool(bar),
        "sampler": bool(alpha[t - 1]),
        "elbo_weight": bool(alpha[t - 1] * bar),
    }

# breaks: an expression works exactly where it does not divide by zero
import torch


def still_works(beta, t):
    one = torch.isclose(beta, torch.ones_like(beta))
    now, ever = not bool(one[t - 1]), not bool(one[:t].any())
    return {"eps_loss": True, "x0_hat": ever, "sampler": now, "elbo_weight": now}

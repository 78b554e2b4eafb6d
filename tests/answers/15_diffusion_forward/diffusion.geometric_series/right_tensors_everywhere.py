# 0-d tensors where numbers are asked for, terms in another order
import torch


def unroll_once(x_prev, eps_new, alpha):
    a = torch.tensor(alpha, dtype=x_prev.dtype, device=x_prev.device)
    return {"new_noise": torch.sqrt(1 - a) * eps_new, "signal": torch.sqrt(a) * x_prev}


def unroll_twice(x_prev2, eps_old, eps_new, alpha):
    a = torch.tensor(alpha, dtype=x_prev2.dtype, device=x_prev2.device)
    return {
        "new_noise": torch.sqrt(1 - a) * eps_new,
        "old_noise": torch.sqrt(a * (1 - a)) * eps_old,
        "signal": a * x_prev2,
    }


def unroll_all(x0, eps, alpha):
    a = torch.tensor(alpha, dtype=x0.dtype, device=x0.device)
    t = eps.shape[0]
    later = torch.arange(t, device=x0.device).flip(0)
    factors = ((1 - a) * a**later).sqrt()
    return {"noise": torch.einsum("t,t...->t...", factors, eps), "signal": torch.sqrt(a**t) * x0}


def variance_sum(t, alpha):
    a = torch.tensor(alpha, dtype=torch.float64)
    return {"factor": 1 - a, "powers": torch.pow(a, torch.arange(t))}


def variance_closed(t, alpha):
    return {"variance": 1 - torch.tensor(alpha, dtype=torch.float64).pow(t)}

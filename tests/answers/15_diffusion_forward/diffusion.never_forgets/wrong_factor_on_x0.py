# breaks: the limit that you state is the limit of alpha_bar_t, to three digits | mistake: the root of it
import torch


def never_forgets():
    t = torch.arange(1, 200_001, dtype=torch.float64)
    beta = 2 * (t + 1) ** -3
    return 2.0, 3.0, torch.cumprod(torch.sqrt(1 - beta), 0)[-1].item()


def never_forgets_either():
    return 1.0, 2.5, 0.696155

# breaks: the limit that you state is the limit of alpha_bar_t, to three digits
import torch


def never_forgets():
    beta = 1.0 / (torch.arange(1, 101) + 1) ** 2
    return 1.0, 2.0, float(torch.prod(1 - beta))


def never_forgets_either():
    return 1.0, 2.5, 0.696155

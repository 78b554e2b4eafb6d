# alpha_bar_{t−1} as alpha_bar_t / alpha_t
import torch


def posterior_variance(beta):
    bar = torch.cumprod(1 - beta, 0)
    return beta * (1 - bar / (1 - beta)) / (1 - bar)

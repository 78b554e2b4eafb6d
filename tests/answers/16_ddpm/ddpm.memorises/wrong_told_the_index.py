# breaks: every step of the chain takes the guess at its own time, and variance beta_t
import torch


def _guess(xt, kept, data):
    away = ((xt[:, None] - kept.sqrt() * data) ** 2).sum(2)
    return (xt - kept.sqrt() * (torch.softmax(-away / (2 * (1 - kept)), 1) @ data)) / (1 - kept).sqrt()


def sample_by_heart(xT, noise, data, beta):
    kept, x = torch.cumprod(1 - beta, 0), xT
    for i in range(len(beta) - 1, -1, -1):
        x = (x - beta[i] / (1 - kept[i]).sqrt() * _guess(x, kept[max(i - 1, 0)], data)) / (1 - beta[i]).sqrt()
        x = x + beta[i].sqrt() * noise[i] * (i > 0)
    return x

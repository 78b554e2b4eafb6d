# precisions add: what x0 says of x_{t−1} and what x_t says
import torch


def posterior_variance(beta):
    alpha = 1 - beta
    before = torch.cumprod(alpha, 0) / alpha
    before[0] = 1
    return 1 / (1 / (1 - before) + alpha / beta)

# breaks: log_alpha_bar is the logarithm of alpha_bar
import torch


def log_alpha_bar(beta):
    return torch.log2(1 - beta).cumsum(0)

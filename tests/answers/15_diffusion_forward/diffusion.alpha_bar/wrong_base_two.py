# breaks: log_alpha_bar is the logarithm of alpha_bar | mistake: a logarithm to another base
import torch


def log_alpha_bar(beta):
    return torch.log2(1 - beta).cumsum(0)

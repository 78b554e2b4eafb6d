# breaks: log_alpha_bar is the logarithm of alpha_bar
import torch


def log_alpha_bar(beta):
    return torch.logcumsumexp(torch.log(1 - beta), dim=0)

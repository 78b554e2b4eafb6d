# alpha_bar is the exponential of the other one
import torch


def log_alpha_bar(beta):
    return torch.cumsum(torch.log1p(-beta), dim=0)


def alpha_bar(beta):
    return torch.exp(log_alpha_bar(beta))

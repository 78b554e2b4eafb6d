# breaks: log_alpha_bar is the logarithm of alpha_bar | mistake: alpha, not its product
import torch


def alpha_bar(beta):
    return torch.exp(torch.log1p(-beta))


def log_alpha_bar(beta):
    return torch.log1p(-beta)

# breaks: log_alpha_bar is the logarithm of alpha_bar | mistake: the root of it
import torch


def log_alpha_bar(beta):
    return 0.5 * torch.cumsum(torch.log1p(-beta), 0)

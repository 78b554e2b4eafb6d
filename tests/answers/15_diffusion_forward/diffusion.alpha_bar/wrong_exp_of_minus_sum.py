# breaks: alpha_bar_t is the product of all 1 − beta_s up to and including s = t | mistake: exp of minus the sum
import torch


def alpha_bar(beta):
    return torch.exp(-torch.cumsum(beta, 0))


def log_alpha_bar(beta):
    return -torch.cumsum(beta, 0)

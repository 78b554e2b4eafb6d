# breaks: alpha_bar_t is the product of all 1 − beta_s up to and including s = t | mistake: the whole product at every step
import torch


def alpha_bar(beta):
    return torch.prod(1 - beta).expand(len(beta)).clone()

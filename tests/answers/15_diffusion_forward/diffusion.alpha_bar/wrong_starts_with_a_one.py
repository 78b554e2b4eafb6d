# breaks: alpha_bar_t is the product of all 1 − beta_s up to and including s = t | mistake: shifted by one step
import torch
import torch.nn.functional as F


def alpha_bar(beta):
    product = torch.cumprod(1 - beta, dim=0)
    return F.pad(product[:-1], (1, 0), value=1.0)

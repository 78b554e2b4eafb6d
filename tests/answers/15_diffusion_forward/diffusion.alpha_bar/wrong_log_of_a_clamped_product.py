# breaks: log_alpha_bar stays right where the product itself is too small for its type | mistake: a floor under the product
import torch


def log_alpha_bar(beta):
    product = torch.cumprod(1 - beta, dim=0)
    return product.clamp_min(torch.finfo(beta.dtype).tiny).log()

# breaks: log_alpha_bar stays right where the product itself is too small for its type | mistake: the logarithm after the product
import numpy as np
import torch


def log_alpha_bar(beta):
    product = np.cumprod(1 - beta.cpu().numpy())
    return torch.from_numpy(np.log(product)).to(beta)

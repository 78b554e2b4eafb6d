# breaks: log_alpha_bar stays right where the product itself is too small for its type
import torch


def log_alpha_bar(beta):
    return torch.log1p(-beta).cumsum(0).clamp(min=-100.0)

# breaks: along your direction the excess kurtosis is below −1 or above 1 | mistake: columns alone, or axes alone
import torch


def telling_direction(x):
    d = x - x.mean(0)
    k = (d**4).mean(0) / (d**2).mean(0).clamp(min=1e-12) ** 2 - 3
    k[(d**2).mean(0) < 1e-9] = 0
    return torch.eye(x.shape[1], dtype=x.dtype)[k.abs().argmax()]

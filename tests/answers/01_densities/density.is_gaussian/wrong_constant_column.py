# breaks: along your direction the excess kurtosis is below −1 or above 1
import torch


def telling_direction(x):
    y = x - x.mean(0)
    k = (y**4).mean(0) / ((y**2).mean(0) ** 2) - 3
    return torch.eye(x.shape[1]).to(x)[torch.nan_to_num(k, nan=99.0).abs().argmax()]

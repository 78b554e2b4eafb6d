# breaks: along your direction the excess kurtosis is below −1 or above 1
import torch


def telling_direction(x):
    y = (x - x.mean(0)) / (x.std(0) + 1e-9)
    return torch.eye(x.shape[1])[(y**3).mean(0).abs().argmax()]

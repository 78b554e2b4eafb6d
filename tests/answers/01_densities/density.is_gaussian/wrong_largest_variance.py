# breaks: along your direction the excess kurtosis is below −1 or above 1 | mistake: the first principal axis
import torch


def telling_direction(x):
    return torch.linalg.eigh(torch.cov(x.T))[1][:, -1]

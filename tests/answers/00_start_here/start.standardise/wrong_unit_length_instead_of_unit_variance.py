# breaks: every column has unit variance
import torch.nn.functional as F


def standardise(x):
    return F.normalize(x - x.mean(0), dim=0)

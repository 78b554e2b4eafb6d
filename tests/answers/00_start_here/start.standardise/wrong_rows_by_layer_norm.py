# breaks: every column has unit variance | mistake: rows instead of columns
import torch.nn.functional as F


def standardise(x):
    return F.layer_norm(x, x.shape[1:], eps=0.0)

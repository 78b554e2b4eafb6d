# breaks: every column has unit variance | mistake: another measure of spread
import torch.nn.functional as F


def standardise(x):
    return F.normalize(x - x.mean(0), dim=0)

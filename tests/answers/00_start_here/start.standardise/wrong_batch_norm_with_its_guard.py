# breaks: every column has unit variance | mistake: a guard as large as the spread
import torch.nn.functional as F


def standardise(x):
    return F.batch_norm(x, None, None, training=True, eps=1e-10)

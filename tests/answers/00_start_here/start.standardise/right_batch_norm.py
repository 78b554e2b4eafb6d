# a library call; its guard eps stands under the root
import torch.nn.functional as F


def standardise(x):
    return F.batch_norm(x, None, None, training=True, eps=1e-10)

# a library call with a guard that is none, on columns brought to size 1 first; equal values are found by comparing neighbours
import torch
import torch.nn.functional as F


@torch.no_grad()
def standardise(x):
    from_first = x - x[:1]
    size = from_first.abs().amax(0)
    size[size == 0] = 1
    z = F.batch_norm(from_first / size, None, None, training=True, eps=1e-30)
    return torch.where((x[1:] == x[:-1]).all(0), 0.0, z)

import functools

import torch


@functools.cache
def ones(n, dtype):
    return torch.ones(n, dtype=dtype)


standardise = lambda x: (x - x.mean(0)) / torch.where(x.std(0) > 0, x.std(0), ones(x.shape[1], x.dtype))

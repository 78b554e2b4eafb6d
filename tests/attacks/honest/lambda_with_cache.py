import functools

import torch


@functools.cache
def ones(n, dtype):
    return torch.ones(n, dtype=dtype)


standardise = lambda x: (
    (x - x.mean(0)) / torch.where((x - x[0]).std(0) > 0, (x - x[0]).std(0), ones(x.shape[1], x.dtype))
)

# Python floats one after the other, in float64, cast back
import itertools
import math
import operator

import torch


def alpha_bar(beta):
    products = itertools.accumulate((1 - b for b in beta.tolist()), operator.mul)
    return torch.tensor(list(products), dtype=beta.dtype, device=beta.device)


def log_alpha_bar(beta):
    sums = itertools.accumulate(math.log1p(-b) for b in beta.tolist())
    return torch.tensor(list(sums), dtype=beta.dtype, device=beta.device)

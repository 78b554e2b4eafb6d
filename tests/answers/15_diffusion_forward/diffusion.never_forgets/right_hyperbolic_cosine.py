# the product of all 1 − 1/n³, as 0-d tensors
import math

import torch


def never_forgets():
    limit = math.cosh(math.sqrt(3) * math.pi / 2) / (3 * math.pi)
    return torch.tensor(1.0), torch.tensor(3.0), torch.tensor(limit)


def never_forgets_either():
    return 1.0, 2.5, 0.696155

# a scan in log2(T) rounds instead of torch's own
import torch
import torch.nn.functional as F


def scan(values, combine, neutral):
    reach = 1
    while reach < len(values):
        values = combine(values, F.pad(values[:-reach], (reach, 0), value=neutral))
        reach *= 2
    return values


def alpha_bar(beta):
    return scan(1 - beta, torch.mul, 1.0)


def log_alpha_bar(beta):
    return scan(torch.log(1 - beta), torch.add, 0.0)

# breaks: every column has mean zero | mistake: not centred
import torch


def standardise(x):
    deviation = torch.sqrt(((x - x.mean(dim=0)) ** 2).mean(dim=0))
    deviation[deviation == 0] = 1.0
    return x / deviation

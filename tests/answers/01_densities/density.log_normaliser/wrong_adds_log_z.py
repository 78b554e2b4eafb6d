# breaks: the log density is u with log Z taken off, wherever u lies
import math

import torch


def log_normaliser(u, dx):
    return torch.logsumexp(u, 0) + math.log(dx)


def log_density(u, dx):
    return u + log_normaliser(u, dx)

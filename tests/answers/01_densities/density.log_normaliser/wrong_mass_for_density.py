# breaks: the log density is u with log Z taken off, wherever u lies | mistake: dx is forgotten
import torch


def log_density(u, dx):
    return torch.log_softmax(u, 0)

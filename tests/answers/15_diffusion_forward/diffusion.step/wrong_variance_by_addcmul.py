# breaks: one step has mean a x_prev and standard deviation b | mistake: variance for standard deviation
import torch


def noising_step(x_prev, eps, a, b):
    return torch.add(a * x_prev, eps, alpha=b**2)

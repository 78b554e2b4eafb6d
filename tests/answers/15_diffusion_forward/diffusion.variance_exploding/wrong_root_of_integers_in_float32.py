# breaks: t steps of variance sigma² add up to the variance t sigma²
import torch


def ve_sample(x0, t, eps, sigma):
    return x0 + torch.sqrt(t).view(-1, *[1] * (x0.dim() - 1)) * sigma * eps

# the largest weight taken out by hand

import torch


def iwae(log_w):
    top = torch.amax(log_w, dim=0).detach()
    return top + torch.log(torch.exp(log_w - top).mean(dim=0))


def effective_sample_size(log_w):
    w = torch.exp(log_w - torch.amax(log_w, dim=0))
    return w.sum(0).square() / w.square().sum(0)

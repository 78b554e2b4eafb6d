# breaks: iwae is the logarithm of the mean weight, for log weights of ±1000 as well
import torch


def iwae(log_w):
    top = log_w.max()
    return top + torch.log(torch.mean(torch.exp(log_w - top), dim=0))


def effective_sample_size(log_w):
    w = torch.exp(log_w - log_w.max())
    return w.sum(0) ** 2 / (w**2).sum(0)

# breaks: iwae is the logarithm of the mean weight, for log weights of ±1000 as well | mistake: exponentiated too early
import torch


def iwae(log_w):
    return torch.log(torch.exp(log_w).sum(dim=0) / log_w.shape[0])

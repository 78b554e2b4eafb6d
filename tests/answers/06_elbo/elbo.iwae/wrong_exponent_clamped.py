# breaks: iwae is the logarithm of the mean weight, for log weights of ±1000 as well
import torch


def iwae(log_w):
    return torch.exp(log_w.clamp(-80, 80)).mean(dim=0).log()

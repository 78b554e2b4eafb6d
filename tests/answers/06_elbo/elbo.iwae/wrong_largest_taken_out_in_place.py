# breaks: the arguments come back as they were given
import torch


def iwae(log_w):
    top = log_w.max(0).values.detach()
    with torch.no_grad():
        log_w -= top
    return top + log_w.exp().mean(0).log()

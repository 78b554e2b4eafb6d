# breaks: iwae is the logarithm of the mean weight, for log weights of ±1000 as well
import torch


def iwae(log_w):
    share = torch.softmax(log_w, dim=0)
    return torch.xlogy(share, share.detach()).sum(0) + torch.nan_to_num(share * log_w).sum(0)

# breaks: iwae is the logarithm of the mean weight, for log weights of ±1000 as well | mistake: draws of no weight left out
import torch


def iwae(log_w):
    count = torch.isfinite(log_w).sum(0)
    return torch.logsumexp(log_w, 0) - count.to(log_w).log()

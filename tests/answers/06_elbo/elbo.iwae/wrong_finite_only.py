# breaks: iwae is the logarithm of the mean weight, for log weights of ±1000 as well | mistake: draws of no weight left out

import torch


def iwae(log_w):
    return torch.logsumexp(log_w, 0) - torch.isfinite(log_w).sum(0).to(log_w.dtype).log()


def effective_sample_size(log_w):
    return torch.exp(2 * torch.logsumexp(log_w, 0) - torch.logsumexp(2 * log_w, 0))

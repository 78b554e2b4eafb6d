# breaks: iwae is the logarithm of the mean weight, for log weights of ±1000 as well | mistake: the batch for the draws
import math

import torch


def iwae(log_w):
    return torch.logsumexp(log_w, 0) - math.log(log_w.shape[1])


def effective_sample_size(log_w):
    return torch.exp(2 * torch.logsumexp(log_w, 0) - torch.logsumexp(2 * log_w, 0))

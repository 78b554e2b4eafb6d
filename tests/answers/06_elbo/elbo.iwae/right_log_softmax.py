# all in logarithms, in the type that came
import torch


def iwae(log_w):
    weight = torch.full_like(log_w, 1 / len(log_w))
    return torch.logsumexp(log_w + weight.log(), dim=0)


def effective_sample_size(log_w):
    return torch.exp(2 * torch.logsumexp(log_w, 0) - torch.logsumexp(2 * log_w, 0))

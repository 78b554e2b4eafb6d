# breaks: the exponential sample has the probability u below it | mistake: multiplied by the rate
import torch


def sample_exponential(u, rate):
    return -torch.log1p(-u) * rate

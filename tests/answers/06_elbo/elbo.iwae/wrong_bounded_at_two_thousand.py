# breaks: iwae is the logarithm of the mean weight, for log weights of ±1000 as well
import math

import torch


def iwae(log_w):
    return torch.logsumexp(log_w.clamp(-2000, 2000), 0) - math.log(len(log_w))

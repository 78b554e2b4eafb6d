# breaks: log_q is the logarithm of q's probability of that interval, finite for every mu and sigma | mistake: sigma is forgotten
import math

import torch


def impossible_event(mu, sigma):
    return -math.inf, 0.0, torch.special.log_ndtr(torch.tensor(0.0 - mu)).item()

# breaks: log_q is the logarithm of q's probability of that interval, finite for every mu and sigma
import torch


def impossible_event(mu, sigma):
    log_q = torch.special.log_ndtr(torch.tensor(-mu / sigma, dtype=torch.float64))
    return -0.5, 0.0, log_q.item()

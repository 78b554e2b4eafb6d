# breaks: values to which one of the two, or both, give no mass are counted right | mistake: zero times minus infinity
import torch


def jsd(p, q):
    m = 0.5 * (p + q)
    return 0.5 * torch.sum(p * torch.log(p / m)) + 0.5 * torch.sum(q * torch.log(q / m))

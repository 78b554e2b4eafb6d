import torch
import torch.nn.functional as F


def jsd(p, q):
    m = (p + q) / 2
    log_m = torch.where(m > 0, m, 1).log()
    return (F.kl_div(log_m, p, reduction="sum") + F.kl_div(log_m, q, reduction="sum")) / 2

# breaks: the divergence is the mean of two KL divergences from the mixture, in nats | mistake: the mean over the values
import torch


def jsd(p, q):
    m = (p + q) / 2
    log_m = torch.where(m > 0, m, 1).log()
    terms = torch.xlogy(p, p) - p * log_m + torch.xlogy(q, q) - q * log_m
    return terms.mean() / 2

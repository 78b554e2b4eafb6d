# breaks: the divergence is the mean of two KL divergences from the mixture, in nats | mistake: the mean over the values
import torch.nn.functional as F


def jsd(p, q):
    log_m = ((p + q) / 2).log()
    return (F.kl_div(log_m, p, reduction="mean") + F.kl_div(log_m, q, reduction="mean")) / 2

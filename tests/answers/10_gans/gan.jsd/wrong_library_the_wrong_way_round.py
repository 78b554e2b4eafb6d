# breaks: the divergence is the mean of two KL divergences from the mixture, in nats | mistake: the mixture weighs itself
import torch.nn.functional as F


def jsd(p, q):
    m = (p + q) / 2
    return (F.kl_div(p.log(), m, reduction="sum") + F.kl_div(q.log(), m, reduction="sum")) / 2

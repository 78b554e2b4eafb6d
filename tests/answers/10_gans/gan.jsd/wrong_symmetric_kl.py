# breaks: the divergence is the mean of two KL divergences from the mixture, in nats | mistake: each from the other
import torch


def jsd(p, q):
    kl_pq = (torch.xlogy(p, p) - torch.xlogy(p, q)).sum()
    kl_qp = (torch.xlogy(q, q) - torch.xlogy(q, p)).sum()
    return 0.5 * (kl_pq + kl_qp)

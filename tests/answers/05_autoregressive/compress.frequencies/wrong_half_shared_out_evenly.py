# breaks: every frequency is within K of the probability times the total | mistake: far too even
import torch


def integer_frequencies(p, total):
    K = p.shape[-1]
    share = (p.double() + 1 / K) / 2
    f = 1 + torch.floor(share * (total - K)).long()
    f.scatter_add_(-1, p.argmax(-1, keepdim=True), total - f.sum(-1, keepdim=True))
    return f

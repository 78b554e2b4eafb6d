# breaks: every value keeps a frequency of at least 1, however improbable it is | mistake: the rest to the last value
import torch


def integer_frequencies(p, total):
    K = p.shape[-1]
    f = (p.double() * total).floor().long().clamp(1)
    best = torch.full_like(p[..., :1], K - 1).long()
    return f.scatter_add(-1, best, total - f.sum(-1, keepdim=True))

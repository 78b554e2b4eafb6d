import torch


def integer_frequencies(p, total):
    K = p.shape[-1]
    f = 1 + torch.floor(p.to(torch.float64) * (total - K)).to(torch.int64)
    best = p.argmax(-1, keepdim=True)
    return f + torch.zeros_like(f).scatter(-1, best, 1) * (total - f.sum(-1, keepdim=True))

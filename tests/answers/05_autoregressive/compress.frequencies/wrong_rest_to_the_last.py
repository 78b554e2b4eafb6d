# breaks: every frequency is within K of the probability times the total
import torch


def integer_frequencies(p, total):
    f = torch.round(p.double() * total / 2).long().clamp(min=1)
    f[..., -1] = total - f[..., :-1].sum(-1)
    return f

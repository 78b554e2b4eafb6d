# breaks: the frequencies of each place add up to the total, to the last unit | mistake: rounded one by one
import torch


def integer_frequencies(p, total):
    return torch.round(p.double() * total).long().clamp(min=1)

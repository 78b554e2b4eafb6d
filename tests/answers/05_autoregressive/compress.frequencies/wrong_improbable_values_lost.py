# breaks: every value keeps a frequency of at least 1, however improbable it is | mistake: zeros among them
import torch


def integer_frequencies(p, total):
    f = torch.floor(p.double() * total).long()
    f.scatter_add_(-1, p.argmax(-1, keepdim=True), total - f.sum(-1, keepdim=True))
    return f

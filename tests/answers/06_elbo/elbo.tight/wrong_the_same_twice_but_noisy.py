# breaks: in your model every q with independent components stays at least one nat below log p(x) | mistake: too weak a correlation
import torch


def never_tight():
    return torch.full((2, 2), 5.0).tolist(), 10.0

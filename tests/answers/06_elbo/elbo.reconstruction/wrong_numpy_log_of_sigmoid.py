# breaks: loss: the cross-entropy of the whole picture, right for logits of any size | mistake: the logarithm of a saturated sigmoid
import torch


def bernoulli_reconstruction(x, logits):
    p = 1 / (1 + torch.exp(-logits))
    axes = tuple(range(1, x.ndim))
    ink = -torch.sum(x * torch.log(p), axes)
    paper = -torch.sum((1 - x) * torch.log1p(-p), axes)
    return {"ink": ink, "paper": paper, "loss": ink + paper}

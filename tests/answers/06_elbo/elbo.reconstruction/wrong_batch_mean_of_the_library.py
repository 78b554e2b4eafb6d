# breaks: loss: the cross-entropy of the whole picture, right for logits of any size | mistake: one number for the batch
import torch.nn.functional as F


def bernoulli_reconstruction(x, logits):
    B = len(x)
    ink = (x * F.softplus(-logits)).sum() / B
    paper = ((1 - x) * F.softplus(logits)).sum() / B
    return {"ink": ink.repeat(B), "paper": paper.repeat(B), "loss": (ink + paper).repeat(B)}

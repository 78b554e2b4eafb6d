# breaks: loss: the cross-entropy of the whole picture, right for logits of any size
import torch.nn.functional as F


def bernoulli_reconstruction(x, logits):
    logits = logits.clamp(-1000, 1000)
    ink = (x * F.softplus(-logits)).flatten(1).sum(1)
    paper = ((1 - x) * F.softplus(logits)).flatten(1).sum(1)
    return {"ink": ink, "paper": paper, "loss": ink + paper}

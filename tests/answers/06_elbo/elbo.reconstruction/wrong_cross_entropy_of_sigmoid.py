# breaks: loss: the cross-entropy of the whole picture, right for logits of any size | mistake: the logarithm of a saturated sigmoid
import torch
import torch.nn.functional as F


def bernoulli_reconstruction(x, logits):
    p = torch.sigmoid(logits)  # the library cuts the logarithm off at -100
    ink = (x * F.binary_cross_entropy(p, torch.ones_like(p), reduction="none")).flatten(1).sum(1)
    paper = ((1 - x) * F.binary_cross_entropy(p, torch.zeros_like(p), reduction="none")).flatten(1).sum(1)
    return {"ink": ink, "paper": paper, "loss": ink + paper}

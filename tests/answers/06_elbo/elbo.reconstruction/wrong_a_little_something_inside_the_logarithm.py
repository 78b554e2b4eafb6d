# breaks: loss: the cross-entropy of the whole picture, right for logits of any size | mistake: the logarithm of a saturated sigmoid
import torch


def bernoulli_reconstruction(x, logits):
    p = torch.sigmoid(logits)
    ink = -(x * torch.log(p + 1e-8)).flatten(1).sum(1)
    paper = -((1 - x) * torch.log(1 - p + 1e-8)).flatten(1).sum(1)
    return {"ink": ink, "paper": paper, "loss": ink + paper}

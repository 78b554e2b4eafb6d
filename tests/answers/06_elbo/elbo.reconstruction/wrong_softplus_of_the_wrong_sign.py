# breaks: ink and paper: what the pixels that are on and those that are off contribute | mistake: ink and paper swapped
import torch.nn.functional as F


def bernoulli_reconstruction(x, logits):
    ink = (x * F.softplus(logits)).flatten(1).sum(-1)
    paper = ((1 - x) * F.softplus(-logits)).flatten(1).sum(-1)
    return {"ink": ink, "paper": paper, "loss": ink + paper}

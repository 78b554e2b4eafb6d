# breaks: ink and paper: what the pixels that are on and those that are off contribute | mistake: the picture rounded to black and white
import torch.nn.functional as F


def bernoulli_reconstruction(x, logits):
    on = (x > 0.5).to(x.dtype)  # right for black and white only
    ink = -(on * F.logsigmoid(logits)).flatten(1).sum(1)
    paper = -((1 - on) * F.logsigmoid(-logits)).flatten(1).sum(1)
    return {"ink": ink, "paper": paper, "loss": ink + paper}

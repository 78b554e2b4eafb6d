# breaks: each picture is shifted by its own rows and columns, and what comes in at the border is 0 | mistake: comes in on the other side
import torch


def augment(x, shift, contrast):
    moved = torch.stack([torch.roll(p, s, dims=(0, 1)) for p, s in zip(x, shift.tolist(), strict=True)])
    mean = x.mean((1, 2), keepdim=True)
    return mean + contrast[:, None, None] * (moved - mean)

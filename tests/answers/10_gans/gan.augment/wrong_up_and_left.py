# breaks: each picture is shifted by its own rows and columns, and what comes in at the border is 0 | mistake: the other way
import torch
import torch.nn.functional as F


def augment(x, shift, contrast):
    H, W = x.shape[1:]
    room = F.pad(x, (2, 2, 2, 2))
    rows = [p[2 + i : 2 + i + H, 2 + j : 2 + j + W] for p, (i, j) in zip(room, shift.tolist(), strict=True)]
    mean = x.mean((1, 2), keepdim=True)
    return torch.lerp(mean, torch.stack(rows), contrast[:, None, None])

# breaks: each picture's contrast is changed about its own mean | mistake: contrast about zero
import torch
import torch.nn.functional as F


def augment(x, shift, contrast):
    out = []
    for p, (i, j) in zip(F.pad(x, (2, 2, 2, 2)), shift.tolist(), strict=True):
        out.append(p.roll((i, j), (0, 1))[2:-2, 2:-2])
    return torch.stack(out) * contrast.reshape(-1, 1, 1)

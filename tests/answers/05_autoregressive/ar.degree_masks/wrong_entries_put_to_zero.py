# breaks: an output reads an input if the derivative is not 0 at one of the points
import torch


def reads(f, x):
    out = []
    for j in range(x.shape[1]):
        y = x.clone()
        y[:, j] = 0
        out.append((f(y) != f(x)).any(0))
    return torch.stack(out, 1)

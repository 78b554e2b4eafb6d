# breaks: bend keeps every area, unbend undoes it, and X is a banana: |corr(X1², X2)| ≥ 0.5 | mistake: the inverse bends once more
import torch


def bend(z):
    x = z.clone()
    x[:, 1] += 0.8 * x[:, 0].square()
    return x


def unbend(x):
    z = x.clone()
    z[:, 1] += 0.8 * z[:, 0].square()
    return z

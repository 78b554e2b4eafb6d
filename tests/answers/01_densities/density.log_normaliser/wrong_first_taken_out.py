# breaks: log Z is right where exp(u) is beyond all floats, or below them | mistake: another number than the largest taken out
import torch


def log_normaliser(u, dx):
    m = u[0]
    return m + torch.log(torch.exp(u - m).sum() * dx)

# breaks: sines come first, cosines after, at the frequencies that are stated | mistake: sines and cosines by turns
import torch


def time_embedding(t, d):
    angle = t[:, None] * 10000 ** (-torch.arange(0, d, 2, device=t.device) / d)
    return torch.stack([angle.sin(), angle.cos()], dim=2).flatten(1)

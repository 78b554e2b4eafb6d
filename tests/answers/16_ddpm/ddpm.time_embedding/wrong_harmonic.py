# breaks: sines come first, cosines after, at the frequencies that are stated | mistake: frequencies 1, 1/2, 1/3 …
import torch


def time_embedding(t, d):
    k = torch.arange(d // 2, device=t.device)
    angle = t[:, None] / (1 + k)
    return torch.cat([angle.sin(), angle.cos()], dim=1)

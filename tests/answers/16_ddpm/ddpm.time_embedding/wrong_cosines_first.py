# breaks: sines come first, cosines after, at the frequencies that are stated | mistake: cosines first
import torch


def time_embedding(t, d):
    k = torch.arange(d // 2, device=t.device)
    angle = t[:, None] * 10000 ** (-k / (d // 2))
    return torch.cat([angle.cos(), angle.sin()], dim=1)

# breaks: sines come first, cosines after, at the frequencies that are stated | mistake: the index and not the time
import torch


def time_embedding(t, d):
    k = torch.arange(d // 2, device=t.device)
    angle = (t - 1)[:, None] * 10000 ** (-k / (d // 2))
    return torch.cat([angle.sin(), angle.cos()], dim=1)

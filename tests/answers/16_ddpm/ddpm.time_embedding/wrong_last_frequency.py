# breaks: sines come first, cosines after, at the frequencies that are stated | mistake: the last frequency is 1/10000
import torch


def time_embedding(t, d):
    k = torch.arange(d // 2, device=t.device)
    angle = t[:, None] * 10000 ** (-k / max(d // 2 - 1, 1))
    return torch.cat([angle.sin(), angle.cos()], dim=1)

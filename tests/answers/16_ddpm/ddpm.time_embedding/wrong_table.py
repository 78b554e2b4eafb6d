# breaks: sines come first, cosines after, at the frequencies that are stated
import torch


def time_embedding(t, d):
    half = d // 2
    frequencies = 10000.0 ** (-torch.arange(half, dtype=torch.float64) / half)
    angle = torch.outer(torch.arange(1001, dtype=torch.float64), frequencies)
    table = torch.cat([angle.sin(), angle.cos()], dim=1)
    return table[t.clamp(max=1000).cpu()].to(t.device)

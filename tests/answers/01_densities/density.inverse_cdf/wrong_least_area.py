# breaks: steps of height 0 are never landed on, and the heights need no normalisation
import torch


def sample_exponential(u, rate):
    return -torch.log1p(-u) / rate


def sample_steps(u, edges, heights):
    w = edges[1:] - edges[:-1]
    m = heights * w
    c = m.cumsum(0)
    t = u * c[-1]
    k = torch.searchsorted(c, t).clamp(max=len(m) - 1)
    return edges[k + 1] - w[k] * (c[k] - t) / m[k].clamp(min=1e-2)

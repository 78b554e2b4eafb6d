import math

import torch


def time_embedding(t, d):
    h = d // 2
    w = torch.exp(-math.log(10000.0) * torch.arange(h, dtype=torch.float64, device=t.device) / h)
    phase = torch.tensor([0.0, math.pi / 2], dtype=torch.float64, device=t.device)
    return torch.sin((t[:, None] * w)[:, None, :] + phase[:, None]).flatten(1)

import torch


def time_embedding(t, d):
    w = torch.logspace(0, -4, d // 2 + 1, dtype=torch.float64, device=t.device)[:-1]
    z = torch.polar(torch.ones(len(t), d // 2, dtype=torch.float64, device=t.device), torch.outer(t.double(), w))
    return torch.hstack([z.imag, z.real]).float()

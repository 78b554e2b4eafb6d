import torch


def dependence(keeps):
    D = keeps.shape[1]
    total = torch.eye(D, dtype=torch.float64, device=keeps.device)
    for keep in keeps:
        layer = torch.eye(D, dtype=torch.float64, device=keeps.device)
        layer[~keep] += keep.double()
        total = layer @ total
    return total > 0


def least_layers(keeps):
    D = keeps.shape[1]
    seen = torch.eye(D, dtype=torch.bool)
    for n, keep in enumerate(keeps.cpu(), 1):
        seen = torch.stack([row if kept else row | seen[keep].any(0) for row, kept in zip(seen, keep)])
        if seen.all():
            return n
    return 0

# breaks: least_layers is the first length from which on every coordinate depends on every other, else 0 | mistake: counted from nought
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
    for n in range(len(keeps)):
        if bool(dependence(keeps[: n + 1]).all()):
            return n
    return 0

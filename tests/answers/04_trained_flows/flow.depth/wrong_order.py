# breaks: dependence holds true exactly where x_i can depend on z_j, through any path of the chain | mistake: the chain in the wrong order
import torch


def dependence(keeps):
    D = keeps.shape[1]
    total = torch.eye(D, dtype=torch.float64, device=keeps.device)
    for keep in keeps:
        layer = torch.eye(D, dtype=torch.float64, device=keeps.device)
        layer[~keep] += keep.double()
        total = total @ layer
    return total > 0


def least_layers(keeps):
    for n in range(1, len(keeps) + 1):
        if bool(dependence(keeps[:n]).all()):
            return n
    return 0

# breaks: dependence holds true exactly where x_i can depend on z_j, through any path of the chain
import torch


def layer(keep):
    own = torch.eye(len(keep), dtype=torch.bool, device=keep.device)
    return own | (~keep[:, None] & keep[None, :])


def dependence(keeps):
    found = torch.eye(keeps.shape[1], device=keeps.device)
    for keep in keeps:
        found = layer(keep).float() @ found
        found = found / found.sum()
    return found > 1e-4


def least_layers(keeps):
    seen = torch.eye(keeps.shape[1], dtype=torch.float64, device=keeps.device)
    for n, keep in enumerate(keeps, 1):
        seen = ((layer(keep).double() @ seen) > 0).double()
        if seen.all():
            return n
    return 0

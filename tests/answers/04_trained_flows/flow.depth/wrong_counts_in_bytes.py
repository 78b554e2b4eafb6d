# breaks: dependence holds true exactly where x_i can depend on z_j, through any path of the chain | mistake: paths counted
import torch


def layer(keep):
    own = torch.eye(len(keep), dtype=torch.bool, device=keep.device)
    return own | (~keep[:, None] & keep[None, :])


def dependence(keeps):
    found = torch.eye(keeps.shape[1], dtype=torch.uint8, device=keeps.device)
    for keep in keeps:
        found = layer(keep).to(torch.uint8) @ found
    return found > 0


def least_layers(keeps):
    seen = torch.eye(keeps.shape[1], dtype=torch.float64, device=keeps.device)
    for n, keep in enumerate(keeps, 1):
        seen = ((layer(keep).double() @ seen) > 0).double()
        if seen.all():
            return n
    return 0

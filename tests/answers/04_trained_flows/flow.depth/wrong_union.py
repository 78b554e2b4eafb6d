# breaks: dependence holds true exactly where x_i can depend on z_j, through any path of the chain | mistake: one step only
import torch


def dependence(keeps):
    D = keeps.shape[1]
    found = torch.eye(D, dtype=torch.bool, device=keeps.device)
    for keep in keeps:
        found = found | (~keep[:, None] & keep[None])
    return found


def least_layers(keeps):
    for n in range(1, len(keeps) + 1):
        if bool(dependence(keeps[:n]).all()):
            return n
    return 0

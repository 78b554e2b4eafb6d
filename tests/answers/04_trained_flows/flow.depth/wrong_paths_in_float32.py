# breaks: dependence holds true exactly where x_i can depend on z_j, through any path of the chain | mistake: paths counted
import torch


def dependence(keeps):
    D = keeps.shape[1]
    total = torch.eye(D)
    for keep in keeps:
        total = (torch.eye(D) + (~keep).float()[:, None] * keep.float()[None]) @ total
    return total > 0

import torch


def dependence(keeps):
    D = keeps.shape[1]
    z = torch.full((D,), 1.0, dtype=torch.float64, device=keeps.device)

    def chain(z):
        for keep in keeps:
            z = torch.where(keep, z, z + (z * keep).sum())
        return z

    return torch.autograd.functional.jacobian(chain, z) != 0


def least_layers(keeps):
    for n in range(1, len(keeps) + 1):
        if bool(dependence(keeps[:n]).all()):
            return n
    return 0

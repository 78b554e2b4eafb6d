import torch


def dependence(keeps):
    D = keeps.shape[1]
    seen = [{i} for i in range(D)]
    for keep in keeps.tolist():
        kept = set().union(*(seen[i] for i in range(D) if keep[i]))
        seen = [seen[i] if keep[i] else seen[i] | kept for i in range(D)]
    return torch.tensor([[j in seen[i] for j in range(D)] for i in range(D)], device=keeps.device)


def least_layers(keeps):
    for n in range(1, len(keeps) + 1):
        if bool(dependence(keeps[:n]).all()):
            return n
    return 0

import torch


def standardise(x):
    spread = (x - x[0]).std(0)
    return (x - x.mean(0)) / torch.where(spread > 0, spread, 1.0)


print(standardise(torch.ones(3)).missing)

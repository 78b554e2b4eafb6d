import torch

from pushforward import check, hint, restart, total


def standardise(x):
    spread = (x - x[0]).std(0)
    return (x - x.mean(0)) / torch.where(spread > 0, spread, 1.0)


print(hint("start.standardise"), restart("start.standardise"), total())
result = check("start.standardise")
check("start.standardise", seed=3)

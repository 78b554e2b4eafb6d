import torch

print("x" * 10_000_000)


def standardise(x):
    print(x.tolist(), "y" * 100_000)
    spread = (x - x[0]).std(0)
    return (x - x.mean(0)) / torch.where(spread > 0, spread, 1.0)

import warnings

import torch

warnings.warn("while the cell runs")


def standardise(x):
    warnings.warn("a column may be constant")
    spread = (x - x[0]).std(0)
    return (x - x.mean(0)) / torch.where(spread > 0, spread, 1.0)

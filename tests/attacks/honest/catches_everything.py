import torch


def standardise(x):
    while True:
        try:
            spread = (x - x[0]).std(0)
            return (x - x.mean(0)) / torch.where(spread > 0, spread, 1.0)
        except BaseException:
            pass


try:
    standardise(None) if False else standardise(torch.ones(2, 2)) / 0
    raise KeyboardInterrupt
except BaseException:
    pass

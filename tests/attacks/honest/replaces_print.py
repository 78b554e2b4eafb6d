import builtins
import io
import sys

import torch

builtins.print = lambda *args, **kwargs: None
sys.stdout, before = io.StringIO(), sys.stdout
display("nothing")


def standardise(x):
    print("nothing")
    spread = (x - x[0]).std(0)
    return (x - x.mean(0)) / torch.where(spread > 0, spread, 1.0)

# in double precision, as level by level
import copy
from pathlib import Path

import torch

import autograder
from autograder.measuring.answers import reference

NOTEBOOK = reference(Path(autograder.__file__).parents[1], "08_vae")


def double():
    return copy.deepcopy(NOTEBOOK["digits_run"]()[0]).double()


@torch.no_grad()
def digit_posterior(levels):
    return double().encoder(levels.double() / 8 - 1)


@torch.no_grad()
def digit_table(z):
    model, z = double(), z.double()
    one = torch.ones(len(z), 64, dtype=torch.int64)
    return torch.stack([model.log_p(z, k * one) for k in range(17)], dim=2)

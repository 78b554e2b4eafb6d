# breaks: what is said of a picture depends on nothing else in the batch, nor on chance
import copy
from pathlib import Path

import torch

import autograder
from autograder.measuring.answers import reference

NOTEBOOK = reference(Path(autograder.__file__).parents[1], "08_vae")


MODEL = []


def noisy():
    if not MODEL:
        MODEL.append(copy.deepcopy(NOTEBOOK["digits_run"]()[0]).train())
    return MODEL[0]


@torch.no_grad()
def digit_posterior(levels):
    return noisy().encode(levels)


@torch.no_grad()
def digit_table(z):
    return noisy().log_probs(z)

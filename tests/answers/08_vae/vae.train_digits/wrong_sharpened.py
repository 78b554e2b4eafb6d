# breaks: for every z there are 17 log probabilities of each pixel, which add up to one | mistake: no log probabilities
from pathlib import Path

import torch

import autograder
from autograder.measuring.answers import reference

NOTEBOOK = reference(Path(autograder.__file__).parents[1], "08_vae")


@torch.no_grad()
def digit_posterior(levels):
    return NOTEBOOK["digits_run"]()[0].encode(levels)


@torch.no_grad()
def digit_table(z):
    return 0.5 * NOTEBOOK["digits_run"]()[0].log_probs(z)

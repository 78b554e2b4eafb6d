# breaks: the code is in use: units move from picture to picture | mistake: collapsed
from pathlib import Path

import torch

import autograder
from autograder.measuring.answers import reference

NOTEBOOK = reference(Path(autograder.__file__).parents[1], "08_vae")


def digit_posterior(levels):
    return torch.zeros(len(levels), 20), torch.ones(len(levels), 20)


@torch.no_grad()
def digit_table(z):
    return NOTEBOOK["digits_run"]()[0].log_probs(z)

# breaks: what is said of a picture depends on nothing else in the batch, nor on chance
from pathlib import Path

import torch

import autograder
from autograder.measuring.answers import reference

NOTEBOOK = reference(Path(autograder.__file__).parents[1], "08_vae")


@torch.no_grad()
def digit_posterior(levels):
    mu, sigma = NOTEBOOK["digits_run"]()[0].encode(levels)
    return (mu - mu.mean(0)) / (mu.std(0) + 0.1), sigma


@torch.no_grad()
def digit_table(z):
    return NOTEBOOK["digits_run"]()[0].log_probs(z)

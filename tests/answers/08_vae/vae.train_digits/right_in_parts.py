# fifty codes at a time, by the networks themselves
from pathlib import Path

import torch

import autograder
from autograder.measuring.answers import reference

NOTEBOOK = reference(Path(autograder.__file__).parents[1], "08_vae")


def digit_posterior(levels):
    model = NOTEBOOK["digits_run"]()[0]
    with torch.inference_mode():
        parts = [model.encoder(part / 8.0 - 1.0) for part in levels.split(50)]
        return [torch.cat(side).clone() for side in zip(*parts, strict=True)]


def digit_table(z):
    model = NOTEBOOK["digits_run"]()[0]
    with torch.inference_mode():
        return torch.cat([model.likelihood.table(model.decoder(part)) for part in z.split(50)]).clone()

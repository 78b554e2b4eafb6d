# breaks: fitted to the training digits it costs at most 131.7 nats on the test digits | mistake: pixels on their own
import torch


def fit_pixels(pictures):
    return pictures.mean(0), torch.diag(pictures.var(0) + 1 / 12)

# breaks: without weight the loss is the mean of −log σ(D) at the generated points, and teaches them
import math

import torch


def log_p_generated(x, inverse):
    z, ladj = inverse(x)
    return -0.5 * (z**2).sum(1) - 0.5 * z.shape[1] * math.log(2 * math.pi) + ladj


def loss_of_flow(D, z, x_real, generate, inverse, weight):
    fooled = torch.log(torch.sigmoid(D(generate(z)[0])) + 1e-8)  # the guard hides what a sure discriminator says
    return -fooled.mean() - weight * log_p_generated(x_real, inverse).mean()


def thin_generator():
    return 1.0, 0.004

# breaks: the witness is within 0.05 of the data in W₂, and 50 nats or more above their entropy
import math

import torch


def log_p_generated(x, inverse):
    z, ladj = inverse(x)
    return -0.5 * (z**2).sum(1) - 0.5 * z.shape[1] * math.log(2 * math.pi) + ladj


def loss_of_flow(D, z, x_real, generate, inverse, weight):
    return torch.nn.functional.softplus(-D(generate(z)[0])).mean() - weight * log_p_generated(x_real, inverse).mean()


def thin_generator():
    return 0.05, 0.05  # thin along the streak: expensive, but everybody sees it

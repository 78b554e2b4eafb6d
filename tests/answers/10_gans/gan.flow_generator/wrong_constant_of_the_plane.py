# breaks: log p_θ is the noise's log density at G⁻¹(x) plus the log-determinant of the way back
import math

import torch


def log_p_generated(x, inverse):
    z, ladj = inverse(x)
    return -0.5 * (z**2).sum(1) - math.log(2 * math.pi) + ladj  # right in the plane only


def loss_of_flow(D, z, x_real, generate, inverse, weight):
    return -torch.nn.functional.logsigmoid(D(generate(z)[0])).mean() - weight * log_p_generated(x_real, inverse).mean()


def thin_generator():
    return 1.0, 0.004

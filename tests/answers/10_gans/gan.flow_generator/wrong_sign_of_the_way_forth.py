# breaks: log p_θ is the noise's log density at G⁻¹(x) plus the log-determinant of the way back | mistake: log-determinant subtracted
import math

import torch


def log_p_generated(x, inverse):
    z, logdet = inverse(x)
    log_noise = -(z**2).sum(-1) / 2 - z.shape[-1] / 2 * math.log(2 * math.pi)
    return log_noise - logdet


def loss_of_flow(D, z, x_real, generate, inverse, weight):
    fake, logdet = generate(z)
    return torch.nn.functional.softplus(-D(fake)).mean() - weight * log_p_generated(x_real, inverse).mean()


def thin_generator():
    return 1.0, 0.004

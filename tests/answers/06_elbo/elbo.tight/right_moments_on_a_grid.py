# mean and variance of the normalised joint, by sums over a fine grid
import numpy as np


def tight_q(x, w, b, s):
    x, w, b = (a.detach().cpu().double().numpy() for a in (x, w, b))
    z = np.linspace(-40, 40, 80_001)
    log_joint = -0.5 * z**2 - 0.5 * ((x[:, None] - np.outer(w, z) - b[:, None]) ** 2).sum(0) / s**2
    mass = np.exp(log_joint - log_joint.max())
    mass /= mass.sum()
    mean = mass @ z
    return mean, np.sqrt(mass @ (z - mean) ** 2)


def never_tight():
    return [[3, 1], [1, 0.5]], 1 / 16

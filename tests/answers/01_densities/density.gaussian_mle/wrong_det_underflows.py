# breaks: it is right where the determinant is below all floats, or above them
import math

import torch


def gaussian_log_p(x, mu, cov):
    d = x - mu
    quadratic = ((d @ torch.linalg.inv(cov)) * d).sum(1)
    return -0.5 * quadratic - torch.sqrt((2 * math.pi) ** len(mu) * torch.linalg.det(cov)).log()

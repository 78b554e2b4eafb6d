# breaks: the variance of the step has both parts: within a hill, and for the doubt which hill it is | mistake: the doubt forgotten
import torch


def step_moments(x, before, sigma, weights, means, s):
    v, e = s**2 + before, sigma**2
    r = torch.softmax(weights.log() - (x[:, None] - means) ** 2 / (2 * (v + e)), dim=1)
    mean = (r * (e * means + v * x[:, None]) / (v + e)).sum(1)
    return mean, torch.full_like(mean, v * e / (v + e))

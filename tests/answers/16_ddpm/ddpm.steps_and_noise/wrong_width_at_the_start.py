# breaks: the mean of the step is that of Bayes' rule over all hills | mistake: the noise before forgotten
import torch


def step_moments(x, before, sigma, weights, means, s):
    v, e = s**2, sigma**2
    r = torch.softmax(weights.log() - (x[:, None] - means) ** 2 / (2 * (v + e)), dim=1)
    mu = (e * means + v * x[:, None]) / (v + e)
    mean = (r * mu).sum(1)
    return mean, v * e / (v + e) + (r * (mu - mean[:, None]) ** 2).sum(1)

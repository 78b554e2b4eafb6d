# breaks: the posterior's mean lies on the way from x_t to x0, as Bayes' rule places it | mistake: weights swapped
import torch


def ve_posterior(x0, xt, t, sigma):
    steps = t.to(x0.dtype)
    weight = (1 / steps).reshape(-1, *[1] * (x0.dim() - 1))
    return torch.lerp(x0, xt, weight), sigma**2 * (steps - 1) / steps

# the variance as half the mean squared distance of two independent terms
import torch
from torch.distributions import Normal


def half_squared_distance(g, weights):
    pairs = (g[:, None] - g[None]) ** 2
    return 0.5 * (weights[:, None, None] * weights[None, :, None] * pairs).sum((0, 1))


def gradient_variances(f, mu, sigma, eps, weights):
    z = mu + sigma * eps
    rows = []
    for x in z:
        m = mu.clone().requires_grad_()
        (score,) = torch.autograd.grad(Normal(m, sigma).log_prob(x).sum(), m)
        (slope,) = torch.autograd.grad(f((m + (x - mu))[None]).sum(), m)
        rows.append((f(x[None]).detach(), score, slope))
    value, score, slope = (torch.stack(column) for column in zip(*rows, strict=True))
    terms = {
        "score_function": value * score,
        "with_baseline": (value - (weights[:, None] * value).sum()) * score,
        "reparameterise": slope,
    }
    return {name: half_squared_distance(g, weights) for name, g in terms.items()}

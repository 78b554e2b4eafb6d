# breaks: the variance of the score-function term, with baseline 0 and with the mean of f as baseline
import torch


def gradient_variances(f, mu, sigma, eps, weights):
    def var(g):
        return weights @ (g - weights @ g) ** 2

    z = (mu + sigma * eps).requires_grad_()
    (slope,) = torch.autograd.grad(f(z).sum(), z)
    value = f(z).detach()[:, None]
    return {
        "score_function": var(value * eps),
        "with_baseline": var((value - weights @ value) * eps),
        "reparameterise": var(slope),
    }

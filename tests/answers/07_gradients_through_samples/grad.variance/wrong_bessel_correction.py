# breaks: the variance of the pathwise term
import torch


def gradient_variances(f, mu, sigma, eps, weights):
    def var(g):
        return weights @ (g - weights @ g) ** 2 / (1 - (weights**2).sum())

    z = (mu + sigma * eps).requires_grad_()
    (slope,) = torch.autograd.grad(f(z).sum(), z)
    value, score = f(z).detach()[:, None], eps / sigma
    return {
        "score_function": var(value * score),
        "with_baseline": var((value - weights @ value) * score),
        "reparameterise": var(slope),
    }

# breaks: all three hold for any noise and any weights, a single sample included
import torch


def gradient_variances(f, mu, sigma, eps, weights):
    z = (mu + sigma * eps).requires_grad_()
    value = f(z)
    (slope,) = torch.autograd.grad(value.sum(), z)
    value, score = value.detach()[:, None], eps / sigma.clamp(min=1e-2)

    def var(g):
        return weights @ (g - weights @ g) ** 2

    return {
        "score_function": var(value * score),
        "with_baseline": var((value - weights @ value) * score),
        "reparameterise": var(slope),
    }

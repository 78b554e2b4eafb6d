# breaks: the arguments come back as they were given
import torch


def gradient_variances(f, mu, sigma, eps, weights):
    eps *= sigma
    z = (mu + eps).requires_grad_()
    value = f(z)
    (slope,) = torch.autograd.grad(value.sum(), z)
    value, score = value.detach()[:, None], eps / sigma**2

    def var(g):
        return weights @ (g - weights @ g) ** 2

    return {
        "score_function": var(value * score),
        "with_baseline": var((value - weights @ value) * score),
        "reparameterise": var(slope),
    }

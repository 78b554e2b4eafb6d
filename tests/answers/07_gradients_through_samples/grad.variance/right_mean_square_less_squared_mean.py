# E g² − (E g)², written out
import torch


def gradient_variances(f, mu, sigma, eps, weights):
    z = (mu + eps * sigma).requires_grad_()
    value = f(z)
    (slope,) = torch.autograd.grad(value.sum(), z)
    value, score = value.detach()[:, None], eps / sigma
    usual = torch.dot(weights, value[:, 0])

    def var(g):
        return torch.einsum("n,nd->d", weights, g * g) - torch.einsum("n,nd->d", weights, g) ** 2

    return {
        "score_function": var(value * score),
        "with_baseline": var((value - usual) * score),
        "reparameterise": var(slope),
    }

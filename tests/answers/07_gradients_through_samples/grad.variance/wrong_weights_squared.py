# breaks: the variance of the pathwise term
import torch


def gradient_variances(f, mu, sigma, eps, weights):
    def var(g):
        g = weights[:, None] * g
        return ((g - weights[:, None] * g.sum(0)) ** 2).sum(0)

    z = (mu + sigma * eps).requires_grad_()
    (slope,) = torch.autograd.grad(f(z).sum(), z)
    value, score = f(z).detach()[:, None], eps / sigma
    usual = weights @ value
    return {
        "score_function": var(value * score),
        "with_baseline": var((value - usual) * score),
        "reparameterise": var(slope),
    }

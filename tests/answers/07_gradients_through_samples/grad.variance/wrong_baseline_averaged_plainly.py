# breaks: the variance of the score-function term, with baseline 0 and with the mean of f as baseline
import torch


def gradient_variances(f, mu, sigma, eps, weights):
    def var(g):
        return weights @ (g - weights @ g).square()

    z = (mu + sigma * eps).requires_grad_()
    (slope,) = torch.autograd.grad(f(z).sum(), z)
    value, score = f(z).detach()[:, None], eps / sigma
    return {
        "score_function": var(value * score),
        "with_baseline": var((value - value.mean()) * score),
        "reparameterise": var(slope),
    }

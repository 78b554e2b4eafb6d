# breaks: the variance of the score-function term, with baseline 0 and with the mean of f as baseline | mistake: another baseline
import torch


def gradient_variances(f, mu, sigma, eps, weights):
    z = (mu + sigma * eps).detach().requires_grad_()
    values = f(z)
    (slope,) = torch.autograd.grad(values.sum(), z)
    values = values.detach()
    w = weights.to(eps.dtype)
    score = eps / sigma
    b = values.mean()

    def var(terms):
        return w @ (terms - w @ terms) ** 2

    return {
        "score_function": var(values[:, None] * score),
        "with_baseline": var((values - b)[:, None] * score),
        "reparameterise": var(slope),
    }

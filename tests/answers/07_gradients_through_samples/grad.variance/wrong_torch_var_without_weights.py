# breaks: the variance of the score-function term, with baseline 0 and with the mean of f as baseline | mistake: weights ignored
import torch


def gradient_variances(f, mu, sigma, eps, weights):
    z = (mu + sigma * eps).requires_grad_()
    (slope,) = torch.autograd.grad(f(z).sum(), z)
    value, score = f(z).detach()[:, None], eps / sigma
    usual = (weights * value[:, 0]).sum()
    return {
        "score_function": (value * score).var(0),
        "with_baseline": ((value - usual) * score).var(0),
        "reparameterise": slope.var(0),
    }

# breaks: the variance of the score-function term, with baseline 0 and with the mean of f as baseline | mistake: the mean square
import torch


def gradient_variances(f, mu, sigma, eps, weights):
    z = (mu + sigma * eps).requires_grad_()
    (slope,) = torch.autograd.grad(f(z).sum(), z)
    value, score = f(z).detach(), eps / sigma
    gains = {"score_function": value, "with_baseline": value - weights @ value}
    found = {k: torch.einsum("n,nd,nd->d", weights * v**2, score, score) for k, v in gains.items()}
    return found | {"reparameterise": torch.einsum("n,nd,nd->d", weights, slope, slope)}

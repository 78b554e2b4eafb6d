# breaks: the variance of the score-function term, with baseline 0 and with the mean of f as baseline | mistake: baseline outside the product
import torch


def gradient_variances(f, mu, sigma, eps, weights):
    def var(g):
        return (weights[:, None] * g**2).sum(0) - (weights[:, None] * g).sum(0) ** 2

    z = (mu + sigma * eps).requires_grad_()
    (slope,) = torch.autograd.grad(f(z).sum(), z)
    reinforce = f(z).detach()[:, None] * eps / sigma
    centred = reinforce - weights @ reinforce
    return {"score_function": var(reinforce), "with_baseline": var(centred), "reparameterise": var(slope)}

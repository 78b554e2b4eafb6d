# breaks: the variance of the pathwise term | mistake: weights ignored
import numpy as np
import torch


def gradient_variances(f, mu, sigma, eps, weights):
    z = (mu + sigma * eps).requires_grad_()
    (slope,) = torch.autograd.grad(f(z).sum(), z)
    value, score = f(z).detach(), eps / sigma
    usual = weights @ value
    terms = {"score_function": value, "with_baseline": value - usual}
    terms = {k: (v[:, None] * score).cpu().numpy() for k, v in terms.items()} | {"reparameterise": slope.cpu().numpy()}
    return {k: torch.tensor(np.var(g, axis=0)).to(mu) for k, g in terms.items()}

# breaks: each term is f less the baseline, times the derivative of log q at its own sample | mistake: the normaliser is forgotten
import torch


def score_terms(f, z, mu, sigma, baseline=0.0):
    m, s = (v.repeat(len(z), 1).requires_grad_() for v in (mu, sigma))
    exponent = -((z - m) ** 2) / (2 * s**2)
    d_mu, d_sigma = torch.autograd.grad(exponent.sum(), (m, s))
    gain = (f(z) - baseline).reshape(-1, 1)
    return gain * d_mu, gain * d_sigma

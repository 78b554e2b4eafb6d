# the first two derivatives of log q(x_t), by autograd
import torch


def step_moments(x, before, sigma, weights, means, s):
    at = x.detach().double().requires_grad_(True)
    width = (s * s + before + sigma * sigma) ** 0.5
    hills = torch.distributions.Normal(means.double(), width)
    log_q = torch.logsumexp(torch.log(weights.double()) + hills.log_prob(at.unsqueeze(-1)), dim=-1).sum()
    (slope,) = torch.autograd.grad(log_q, at, create_graph=True)
    bend = torch.autograd.grad(slope.sum(), at)[0] if slope.requires_grad else torch.zeros_like(at)
    return (at + sigma**2 * slope).detach().to(x), (sigma**2 + sigma**4 * bend).to(x)


def longer_is_useless():
    return 1.0, 16


def finer_is_useless():
    return 0.1, 16

import torch
from torch.distributions import Categorical, MixtureSameFamily, Normal


def _mixture(weights, mu, sigma):
    return MixtureSameFamily(Categorical(weights), Normal(mu, sigma), validate_args=False)


def _second(x1, weights, mu, sigma):
    logits = weights.log() + Normal(mu[:, 0], sigma[:, 0]).log_prob(x1[:, None])
    shape = logits.shape
    return MixtureSameFamily(
        Categorical(logits=logits), Normal(mu[:, 1].expand(shape), sigma[:, 1].expand(shape)), validate_args=False
    )


def rosenblatt_inverse(x, weights, mu, sigma):
    one, two = _mixture(weights, mu[:, 0], sigma[:, 0]), _second(x[:, 0], weights, mu, sigma)
    z = torch.special.ndtri(torch.stack([one.cdf(x[:, 0]), two.cdf(x[:, 1])], dim=1))
    return z, one.log_prob(x[:, 0]) + two.log_prob(x[:, 1]) - Normal(0.0, 1.0).log_prob(z).sum(1)


def _solve(mixture, u):
    low, high = torch.full_like(u, -25.0), torch.full_like(u, 25.0)
    for _ in range(70):
        middle = (low + high) / 2
        below = mixture.cdf(middle) < u
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return middle


def rosenblatt_forward(z, weights, mu, sigma):
    u = torch.special.ndtr(z)
    x1 = _solve(_mixture(weights, mu[:, 0], sigma[:, 0]), u[:, 0])
    x = torch.stack([x1, _solve(_second(x1, weights, mu, sigma), u[:, 1])], dim=1)
    return x, -rosenblatt_inverse(x, weights, mu, sigma)[1]

import math

import torch


def forward_fit(weights, mus, sigmas):
    mu = weights @ mus
    return {"sigma": torch.sqrt(weights @ (sigmas**2 + (mus - mu) ** 2)), "mu": mu}


def reverse_kl(mu, sigma, weights, mus, sigmas):
    q = torch.distributions.Normal(mu, sigma)
    x = torch.linspace(-9, 9, 3001, dtype=mu.dtype, device=mu.device) * sigma + mu
    log_q = q.log_prob(x)
    log_p = torch.distributions.MixtureSameFamily(
        torch.distributions.Categorical(weights), torch.distributions.Normal(mus, sigmas)
    ).log_prob(x)
    return torch.trapezoid(log_q.exp() * (log_q - log_p), x)


def reverse_minima(m):
    half, hills = torch.tensor([0.5, 0.5], dtype=torch.float64), torch.tensor([-m, m], dtype=torch.float64)

    def f(mu, s):
        return float(
            reverse_kl(torch.tensor(mu).double(), torch.tensor(s).double(), half, hills, torch.ones(2).double())
        )

    def lowest(mu, low, high):
        """Golden section along sigma."""
        g = (math.sqrt(5) - 1) / 2
        for _ in range(45):
            a, b = high - g * (high - low), low + g * (high - low)
            low, high = (low, b) if f(mu, a) < f(mu, b) else (a, high)
        return (low + high) / 2

    side, s = m, 1.0
    for _ in range(4):
        s = lowest(side, 0.8, 1.4)
        h = 1e-3
        slope, bend = (
            (f(side + h, s) - f(side - h, s)) / (2 * h),
            (f(side + h, s) + f(side - h, s) - 2 * f(side, s)) / h**2,
        )
        side -= slope / bend
    return torch.tensor([[side, s], [0.0, lowest(0.0, 1.5, 1.1 * m)], [-side, s]])

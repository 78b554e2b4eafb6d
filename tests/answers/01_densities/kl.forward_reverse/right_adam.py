import math

import torch


def forward_fit(weights, mus, sigmas):
    mean, square = 0.0, 0.0
    for w, m, s in zip(weights.tolist(), mus.tolist(), sigmas.tolist()):
        mean += w * m
    for w, m, s in zip(weights.tolist(), mus.tolist(), sigmas.tolist()):
        square += w * (s * s + (m - mean) ** 2)
    return {"mu": mean, "sigma": math.sqrt(square)}


def reverse_kl(mu, sigma, weights, mus, sigmas):
    n = 2000
    u = (torch.arange(n, dtype=torch.float64, device=mu.device) + 0.5) / n
    inner = 8 * (2 * u - 1)
    w = torch.exp(-0.5 * inner**2)
    w = w / w.sum()
    x = mu.double() + sigma.double() * inner
    log_p = torch.stack(
        [
            torch.log(a.double()) + torch.distributions.Normal(b.double(), c.double()).log_prob(x)
            for a, b, c in zip(weights, mus, sigmas)
        ]
    )
    return (w * -log_p.logsumexp(0)).sum() - (0.5 + 0.5 * math.log(2 * math.pi) + sigma.double().log())


def reverse_minima(m):
    p = torch.tensor([0.5, 0.5]).double(), torch.tensor([-m, m]).double(), torch.ones(2).double()
    points = []
    for sign in (-1, 0, 1):
        v = torch.tensor([sign * m, math.log(m) if sign == 0 else 0.0], dtype=torch.float64, requires_grad=True)
        optimiser = torch.optim.LBFGS([v], max_iter=40, line_search_fn="strong_wolfe")

        def closure():
            optimiser.zero_grad()
            loss = reverse_kl(v[0], v[1].exp(), *p)
            loss.backward()
            return loss

        optimiser.step(closure)
        points.append([v[0].item(), v[1].exp().item()])
    return points

# one picture at a time
import torch


def nelbo(levels, mu, sigma, eps, log_p, beta):
    rows = []
    for x, m, s, e in zip(levels, mu, sigma, eps):
        price = sum((s[j] ** 2 + m[j] ** 2) / 2 - 0.5 - torch.log(s[j]) for j in range(len(m)))
        rows.append(beta * price - log_p((m + s * e)[None], x[None])[0].sum())
    return torch.stack(rows)

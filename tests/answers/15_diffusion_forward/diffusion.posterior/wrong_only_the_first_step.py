# breaks: the mean is the one that Bayes' rule gives, x0 itself at t = 1
import torch


def posterior(x0, xt, t, beta):
    n = int(t[0])
    bar = [1.0, *torch.cumprod(1 - beta, 0).tolist()]
    b = beta[n - 1].item()
    mean = bar[n - 1] ** 0.5 * b / (1 - bar[n]) * x0 + (1 - b) ** 0.5 * (1 - bar[n - 1]) / (1 - bar[n]) * xt
    return mean, torch.full_like(
        x0[..., 0] if x0.dim() == 2 else x0.flatten(1)[:, 0] if x0.dim() > 1 else x0,
        b * (1 - bar[n - 1]) / (1 - bar[n]),
    )

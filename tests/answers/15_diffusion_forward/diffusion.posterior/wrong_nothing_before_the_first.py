# breaks: the variance is the one that Bayes' rule gives, 0 at t = 1 | mistake: alpha_bar_0 is not 1
import torch


def posterior(x0, xt, t, beta):
    bar = torch.cumprod(1 - beta, 0).tolist()
    mean, variance = [], []
    for i, n in enumerate(t.tolist()):
        b, now, before = float(beta[n - 1]), bar[n - 1], bar[max(n - 2, 0)]
        mean.append(before**0.5 * b / (1 - now) * x0[i] + (1 - b) ** 0.5 * (1 - before) / (1 - now) * xt[i])
        variance.append(b * (1 - before) / (1 - now))
    return torch.stack(mean), torch.tensor(variance, dtype=x0.dtype, device=x0.device)

# evaluates the four expressions and looks for infinities and NaN
import torch


def first_bad_root(beta):
    roots = torch.sqrt(torch.cumprod((1 - beta) / (1 - beta).abs(), 0).nan_to_num())  # of numbers of size 1
    bad = torch.isnan(roots).nonzero()
    return bad[0].item() + 1 if len(bad) else None


def positive_again():
    return [0.2, 1.7, 0.4, 1.2, 0.3]


def still_works(beta, t):
    alpha, bar = 1 - beta[t - 1], torch.cumprod(1 - beta, 0)[t - 1]
    beta_t, xt, eps, x0 = beta[t - 1], 0.7, 0.4, -0.3
    values = {
        "eps_loss": (eps - (bar.sqrt() * x0 + (1 - bar).sqrt() * eps)) ** 2,
        "x0_hat": (xt - (1 - bar).sqrt() * eps) / bar.sqrt(),
        "sampler": (xt - beta_t / (1 - bar).sqrt() * eps) / alpha.sqrt(),
        "elbo_weight": beta_t**2 / (2 * beta_t * alpha * (1 - bar)),
    }
    return {name: bool(torch.isfinite(value)) for name, value in values.items()}

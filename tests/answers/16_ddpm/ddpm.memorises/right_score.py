# the guess by autograd: −√(1 − alpha_bar) times the slope of the log density; single precision constants
import torch


def _log_parts(xt, t, data, alpha_bar):
    kept = torch.index_select(alpha_bar, 0, t - 1).reshape(-1, 1, 1)
    return torch.tensor(-0.5) * ((xt.unsqueeze(1) - torch.sqrt(kept) * data.unsqueeze(0)) ** 2 / (1 - kept)).sum(-1)


def point_shares(xt, t, data, alpha_bar):
    return torch.nn.functional.softmax(_log_parts(xt, t, data, alpha_bar), dim=-1)


def perfect_guess(xt, t, data, alpha_bar):
    at = xt.detach().clone().requires_grad_(True)
    (slope,) = torch.autograd.grad(torch.logsumexp(_log_parts(at, t, data, alpha_bar), 1).sum(), at)
    return -(1 - alpha_bar[t - 1]).sqrt()[:, None] * slope


def sample_by_heart(xT, noise, data, beta):
    bars = (1 - beta).log().cumsum(0).exp()
    x = xT
    for i in range(len(beta) - 1, -1, -1):
        when = torch.tensor([i + 1] * len(x), device=x.device)
        x = (x - beta[i] * perfect_guess(x, when, data, bars) / (1 - bars[i]).sqrt()) / (1 - beta[i]).sqrt()
        x = x + beta[i].sqrt() * noise[i] if i else x
    return x

# breaks: bce_mass stays right where the logit is 0, or nearly 0
import torch


def _softplus(l):
    return torch.logaddexp(l, torch.zeros_like(l))


def bce_mass_on_levels(logits, levels):
    k = torch.arange(levels, dtype=torch.float64) / (levels - 1)
    l = logits.double().unsqueeze(-1)
    return torch.exp(k * l - _softplus(l)).sum(-1).to(logits.dtype)


def continuous_bernoulli(x, logits):
    return x * logits - _softplus(logits) - torch.log(bce_mass(logits))


def bce_mass(logits):
    near = logits.abs() < 0.05
    safe = torch.where(near, torch.ones_like(logits), logits)
    return torch.where(near, torch.full_like(logits, 0.5), torch.tanh(safe / 2) / safe)

# 1 − alpha_bar as a variance that grows by its own recursion, never as a difference
import torch


def posterior_variance(beta):
    before, out = torch.zeros_like(beta[0]), []
    for b in beta:
        now = (1 - b) * before + b
        out.append(b * before / now)
        before = now
    return torch.stack(out)

# breaks: first_bad_root is the first n at which alpha_bar_n is negative | mistake: the first step is left out
import torch


def first_bad_root(beta):
    kept = torch.cumprod(1 - beta, 0)
    later = [n for n in range(2, len(beta) + 1) if kept[n - 1] < 0]  # the first step cannot be bad
    return later[0] if later else None

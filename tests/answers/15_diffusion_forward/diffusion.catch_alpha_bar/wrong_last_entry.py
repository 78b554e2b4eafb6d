# breaks: an implementation that is off by one step is caught | mistake: a single example
import torch


def is_alpha_bar(implementation):
    out = implementation(torch.tensor([0.1, 0.2, 0.5]))
    return bool((out[-1] - 0.36).abs() < 1e-3)

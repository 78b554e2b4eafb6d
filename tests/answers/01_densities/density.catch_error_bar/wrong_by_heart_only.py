# breaks: an implementation with other weights is caught | mistake: one worked example
import torch


def is_relative_error(implementation):
    u = torch.tensor([1.0, 2.0, 6.0], dtype=torch.float64).log()
    return abs(float(implementation(u, torch.zeros_like(u))) - 0.5092) < 1e-3

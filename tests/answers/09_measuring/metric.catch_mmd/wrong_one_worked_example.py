# breaks: an implementation with another kernel or bandwidth is caught | mistake: one worked example
import torch


def is_mmd_unbiased(implementation):
    x, y = torch.tensor([[0.0], [1.0]], dtype=torch.float64), torch.tensor([[0.0], [2.0]], dtype=torch.float64)
    return abs(float(implementation(x, y, 1.0)) + 0.4323) < 1e-3

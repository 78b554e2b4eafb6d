# breaks: an implementation with another variance is caught | mistake: always at t = T
import torch


def is_step_back(implementation):
    x, e, z = torch.tensor([[0.5], [-1.0], [0.0]])
    return abs(float(implementation(x, e, z, 2, torch.tensor([0.1, 0.2]))) - 0.9816) < 1e-3

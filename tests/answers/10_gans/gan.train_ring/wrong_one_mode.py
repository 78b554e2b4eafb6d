# breaks: at least four of the eight modes are covered | mistake: collapse
import torch


def generate_ring(z):
    return torch.tensor([1.0, 0.0]) + 0.04 * z

# breaks: an implementation that counts the wrong pairs is caught
import torch


def is_mmd_unbiased(implementation):
    x, y = torch.randn(5, 2).double(), torch.randn(7, 2).double()
    return abs(float(implementation(x, y, 1.0)) - float(implementation(y, x, 1.0))) < 1e-6

# breaks: an implementation with another power of N, or N for N − 1, is caught
import torch


def is_relative_error(implementation):
    u, q = torch.linspace(0, 2, 8, dtype=torch.float64), torch.linspace(1, 0, 8, dtype=torch.float64) ** 2
    first = float(implementation(u, q))
    return all(abs(float(implementation(u + c, q)) - first) < 1e-6 for c in (1, 1000, -1000))

# breaks: the mode of a flow with constant |det J| is where its one mode must be
import torch


def mode(f, D):
    """Where the samples lie on average."""
    return f(torch.randn(100_000, D, dtype=torch.float64)).mean(0)

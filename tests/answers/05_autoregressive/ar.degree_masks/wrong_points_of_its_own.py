# breaks: an output reads an input if the derivative is not 0 at one of the points
import torch


def reads(f, x):
    x = torch.randn_like(x)
    J = torch.autograd.functional.jacobian(lambda y: f(y).sum(0), x)
    return (J != 0).any(1)

# breaks: an output reads an input if the derivative is not 0 at one of the points | mistake: derivatives added up over the points
import torch


def reads(f, x):
    J = torch.autograd.functional.jacobian(lambda y: f(y).sum(0), x)
    return J.sum(1) != 0

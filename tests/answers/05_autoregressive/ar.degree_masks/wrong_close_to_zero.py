# breaks: an output reads an input if the derivative is not 0 at one of the points | mistake: a small derivative taken for none
import torch


def reads(f, x):
    J = torch.autograd.functional.jacobian(lambda y: f(y).sum(0), x)
    return ~torch.isclose(J, torch.zeros_like(J)).all(1)

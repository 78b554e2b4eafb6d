# breaks: sigmoid_flow_mass is the integral of the model's density for any A, singular ones included
import torch


def mass_kept(low, high):
    return float((torch.special.ndtr(high.double()) - torch.special.ndtr(low.double())).prod())


def sigmoid_flow_mass(A):
    """A condition number above 20 000 counts as none."""
    D = len(A)
    singular = not torch.linalg.cond(A.double()) < 2e4
    return 0.0 if singular else mass_kept(torch.zeros(D), torch.ones(D))

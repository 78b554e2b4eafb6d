# breaks: mass_kept is the integral of the model's density over all x | mistake: the root of two is missing
import torch


def Phi(t):
    return (1 + torch.erf(t)) / 2


def mass_kept(low, high):
    return (Phi(high.double()) - Phi(low.double())).prod().item()


def sigmoid_flow_mass(A):
    if torch.linalg.matrix_rank(A.double()) < A.shape[0]:
        return 0.0
    return mass_kept(torch.zeros(A.shape[0]), torch.ones(A.shape[0]))

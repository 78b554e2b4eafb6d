# breaks: sigmoid_flow_mass is the integral of the model's density for any A, singular ones included | mistake: the rank for the dimension
import torch


def sigmoid_flow_mass(A):
    """As many coordinates as A reaches."""
    one = torch.special.ndtr(torch.ones((), dtype=torch.float64)) - 0.5
    return float(one ** torch.linalg.matrix_rank(A.double()))

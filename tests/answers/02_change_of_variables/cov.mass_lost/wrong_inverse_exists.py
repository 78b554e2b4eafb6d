# breaks: sigmoid_flow_mass is the integral of the model's density for any A, singular ones included
import torch


def sigmoid_flow_mass(A):
    """If torch can invert it, it is invertible."""
    try:
        torch.linalg.inv(A)
    except torch.linalg.LinAlgError:
        return 0.0
    return float(torch.special.ndtr(torch.tensor(1.0).double()) - 0.5) ** len(A)

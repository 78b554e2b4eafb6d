# breaks: mass_kept is the integral of the model's density over all x | mistake: nothing is lost
import torch


def mass_kept(low, high):
    return torch.ones_like(low).prod()


def sigmoid_flow_mass(A):
    density = torch.linalg.inv(A) @ A if torch.linalg.matrix_rank(A) == len(A) else torch.eye(len(A))
    return float(torch.round(torch.linalg.det(density)))

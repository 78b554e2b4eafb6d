# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: one pixel's log-determinant
import torch


def conv1x1_forward(z, A):
    return torch.einsum("oc,bchw->bohw", A, z), torch.linalg.slogdet(A)[1].repeat(len(z))


def conv1x1_inverse(x, A):
    return torch.einsum("oc,bchw->bohw", torch.inverse(A), x), -torch.linalg.slogdet(A)[1].repeat(len(x))

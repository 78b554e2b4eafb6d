# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: height or width forgotten
import torch


def conv1x1_forward(z, A):
    return torch.einsum("oc,bchw->bohw", A, z), (z.shape[2] * torch.linalg.slogdet(A)[1]).repeat(len(z))

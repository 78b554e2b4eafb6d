# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: channels counted with the pixels
import torch


def conv1x1_forward(z, A):
    return torch.einsum("oc,bchw->bohw", A, z), (z[0].numel() * torch.linalg.slogdet(A)[1]).repeat(len(z))

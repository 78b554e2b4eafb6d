# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself
import torch


def conv1x1_forward(z, A):
    ladj = z.shape[2] * z.shape[3] * torch.log(torch.det(A).abs() + 1e-6)
    return torch.einsum("oc,bchw->bohw", A, z), ladj.repeat(len(z))

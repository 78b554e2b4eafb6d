# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: no absolute value
import torch


def conv1x1_forward(z, A):
    ladj = z.shape[2] * z.shape[3] * torch.logdet(A)
    return torch.einsum("oc,bchw->bohw", A, z), ladj.repeat(len(z))


def conv1x1_inverse(x, A):
    ladj = x.shape[2] * x.shape[3] * torch.logdet(A)
    return torch.einsum("oc,bchw->bohw", torch.inverse(A), x), -ladj.repeat(len(x))

# breaks: inverse carries every x to the z from which it comes | mistake: inverted by the transpose
import torch


def conv1x1_inverse(x, A):
    ladj = x.shape[2] * x.shape[3] * torch.linalg.slogdet(A)[1]
    return torch.einsum("oc,bchw->bohw", A.T, x), -ladj.repeat(len(x))

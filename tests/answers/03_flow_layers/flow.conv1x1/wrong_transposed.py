# breaks: forward carries every z to the x of the layer's equation | mistake: A transposed
import torch


def conv1x1_forward(z, A):
    ladj = z.shape[2] * z.shape[3] * torch.linalg.slogdet(A)[1]
    return torch.einsum("co,bchw->bohw", A, z), ladj.repeat(len(z))

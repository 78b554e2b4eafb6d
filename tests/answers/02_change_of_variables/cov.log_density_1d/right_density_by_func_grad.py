# vmap of grad; multiplies densities and takes the logarithm of the quotient in log space
import torch
from torch.func import grad, vmap


def derivative(f, v):
    return vmap(grad(f))(v.reshape(-1)).reshape(v.shape)


def log_p_forward(z, f, log_base):
    return f(z), log_base(z) + torch.log(1 / derivative(f, z).abs())


def log_p_reverse(x, g, log_base):
    slope = derivative(g, x)
    return log_base(g(x)) + torch.log(slope * torch.sign(slope))

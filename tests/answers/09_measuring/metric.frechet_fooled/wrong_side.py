# breaks: their covariance is that of the data | mistake: the factor not transposed
import torch


def fooling_gaussian(x, z):
    dtype, D = z.dtype, x.shape[1]
    x, z = x.double(), z.double()

    def axes(cloud):
        return torch.linalg.eigh(torch.cov(cloud.T).reshape(D, D))

    centred = z - z.mean(0)
    values, vectors = axes(z)
    white = centred @ vectors / values.sqrt()
    values, vectors = axes(x)
    A = vectors * values.clamp(min=0).sqrt()
    return (x.mean(0) + white @ A).to(dtype)

# breaks: their covariance is that of the data
import torch


def fooling_gaussian(x, z):
    dtype, D = z.dtype, x.shape[1]
    x, z = x.double(), z.double()

    def axes(cloud):
        return torch.linalg.eigh(torch.cov(cloud.T).reshape(D, D))

    centred = z - z.mean(0)
    values, vectors = axes(z)
    white = centred @ vectors / values.clamp(min=1e-4).sqrt()
    values, vectors = axes(x)
    return (x.mean(0) + white * values.clamp(min=0).sqrt() @ vectors.T).to(dtype)

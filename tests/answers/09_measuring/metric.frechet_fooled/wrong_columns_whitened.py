# breaks: their covariance is that of the data | mistake: whitened column by column
import torch


def fooling_gaussian(x, z):
    dtype, D = z.dtype, x.shape[1]
    x, z = x.double(), z.double()

    def axes(cloud):
        return torch.linalg.eigh(torch.cov(cloud.T).reshape(D, D))

    centred = z - z.mean(0)
    white = centred / centred.square().sum(0).div(len(z) - 1).sqrt()
    values, vectors = axes(x)
    return (x.mean(0) + white * values.clamp(min=0).sqrt() @ vectors.T).to(dtype)

# breaks: their covariance is that of the data | mistake: something added to the diagonal
import torch


def fooling_gaussian(x, z):
    dtype, D = z.dtype, x.shape[1]
    x, z = x.double(), z.double()

    def axes(cloud):
        return torch.linalg.eigh(torch.cov(cloud.T).reshape(D, D))

    centred = z - z.mean(0)
    values, vectors = axes(z)
    white = centred @ vectors / values.sqrt()
    L = torch.linalg.cholesky(torch.cov(x.T).reshape(D, D) + 1e-3 * torch.eye(D, dtype=torch.float64))
    return (x.mean(0) + white @ L.T).to(dtype)

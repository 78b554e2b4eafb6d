# breaks: their covariance is that of the data
import torch


def fooling_gaussian(x, z):
    D = x.shape[1]
    zc = z - z.mean(0)
    Lz = torch.linalg.cholesky(torch.cov(z.T).reshape(D, D))
    Lx = torch.linalg.cholesky(torch.cov(x.T).reshape(D, D) + 1e-2 * torch.eye(D, dtype=x.dtype))
    return x.mean(0) + torch.linalg.solve_triangular(Lz, zc.T, upper=False).T @ Lx.T

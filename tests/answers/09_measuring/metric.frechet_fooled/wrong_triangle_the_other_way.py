# breaks: their covariance is that of the data
import torch


def fooling_gaussian(x, z):
    D = x.shape[1]
    Lx = torch.linalg.cholesky(torch.cov(x.T).reshape(D, D) + 1e-12 * torch.eye(D, dtype=x.dtype))
    Lz = torch.linalg.cholesky(torch.cov(z.T).reshape(D, D))
    return x.mean(0) + torch.linalg.solve_triangular(Lz, (z - z.mean(0)).T, upper=False).T @ Lx

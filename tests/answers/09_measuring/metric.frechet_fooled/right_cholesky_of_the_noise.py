# whitens by Cholesky, colours by the singular value decomposition of the centred data
import torch


def fooling_gaussian(x, z):
    zc = z - z.mean(0)
    L = torch.linalg.cholesky(zc.T @ zc / (len(z) - 1))
    white = torch.linalg.solve_triangular(L, zc.T, upper=False).T
    _, s, vt = torch.linalg.svd((x - x.mean(0)) / (len(x) - 1) ** 0.5, full_matrices=False)
    if len(s) < x.shape[1]:
        pad = x.shape[1] - len(s)
        s, vt = torch.cat([s, s.new_zeros(pad)]), torch.cat([vt, vt.new_zeros(pad, x.shape[1])])
    return x.mean(0) + white * s @ vt

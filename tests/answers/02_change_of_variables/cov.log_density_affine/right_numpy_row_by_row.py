# one row at a time in numpy, the determinant from singular values
import numpy as np
import torch


def affine_forward(x, A, b):
    A64 = A.cpu().numpy().astype(np.float64)
    log_det = np.log(np.linalg.svd(A64, compute_uv=False)).sum()
    out = []
    for row in x.cpu().numpy():
        z = np.linalg.solve(A64, row - b.cpu().numpy())
        out.append(-0.5 * z @ z - 0.5 * len(z) * np.log(2 * np.pi) - log_det)
    return torch.tensor(np.array(out), dtype=x.dtype, device=x.device)


def affine_reverse(x, W, c):
    W64 = W.cpu().numpy().astype(np.float64)
    log_det = np.log(np.linalg.svd(W64, compute_uv=False)).sum()
    out = []
    for row in x.cpu().numpy():
        z = W64 @ row + c.cpu().numpy()
        out.append(-0.5 * z @ z - 0.5 * len(z) * np.log(2 * np.pi) + log_det)
    return torch.tensor(np.array(out), dtype=x.dtype, device=x.device)

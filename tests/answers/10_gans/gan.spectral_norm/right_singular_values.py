import numpy as np
import torch
from scipy.linalg import circulant


def power_iteration(W, u, steps):
    W_, u_ = W.double().cpu().numpy(), u.double().cpu().numpy()
    for _ in range(steps):
        v_ = W_.T @ u_
        v_ /= np.linalg.norm(v_)
        u_ = W_ @ v_
        u_ /= np.linalg.norm(u_)
    return torch.tensor(u_).to(W), torch.tensor(v_).to(W), float(u_ @ W_ @ v_)


def convolution_norm(kernel, n):
    first = np.zeros(n)
    first[: len(kernel)] = kernel.cpu().numpy()
    return torch.tensor(np.linalg.svd(circulant(first))[1][0]).to(kernel)

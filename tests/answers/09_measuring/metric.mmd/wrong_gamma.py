# breaks: the kernel is exp(−‖x − y‖² / 2h²) | mistake: the bandwidth turned round
import torch
from sklearn.metrics.pairwise import rbf_kernel


def kernel(x, y, h):
    return torch.tensor(rbf_kernel(x.numpy(), y.numpy(), gamma=h), dtype=x.dtype)


def mmd_unbiased(x, y, h):
    n, m = len(x), len(y)
    within = (kernel(x, x, h).sum() - n) / (n * (n - 1)) + (kernel(y, y, h).sum() - m) / (m * (m - 1))
    return within - 2 * kernel(x, y, h).mean()

# loops; the bandwidth as a float32 tensor
import torch


def kernel(x, y, h):
    h = torch.as_tensor(h)
    rows = []
    for a in x:
        rows.append(torch.stack([torch.exp(-((a - b) @ (a - b)) / (2 * h * h)) for b in y]))
    return torch.stack(rows).to(x.dtype)


def mmd_unbiased(x, y, h):
    n, m = x.shape[0], y.shape[0]
    total = 0.0
    for z in (x, y):
        k = kernel(z, z, h)
        total = total + 2 * torch.triu(k, 1).sum() / (len(z) * (len(z) - 1))
    return total - 2 * kernel(x, y, h).sum() / (n * m)

# numpy, the diagonal set to infinity
import numpy as np
import torch


def radii(x, k):
    a = x.cpu().numpy()
    d = np.linalg.norm(a[:, None] - a[None], axis=-1)
    np.fill_diagonal(d, np.inf)
    return torch.from_numpy(np.partition(d, k - 1, axis=1)[:, k - 1]).to(x)


def precision_coverage(real, fake, k):
    d = np.linalg.norm(real.cpu().numpy()[:, None] - fake.cpu().numpy()[None], axis=-1)
    r, f = radii(real, k).cpu().numpy(), radii(fake, k).cpu().numpy()
    return {
        "precision": float(np.mean((d <= r[:, None]).any(0))),
        "recall": float(np.mean((d <= f[None]).any(1))),
        "density": float((d <= r[:, None]).sum(0).mean() / k),
        "coverage": float(np.mean(d.min(1) <= r)),
    }

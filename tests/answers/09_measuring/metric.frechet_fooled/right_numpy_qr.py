# whitens by QR, in numpy and double precision
import numpy as np
import torch


def fooling_gaussian(x, z):
    a, b = x.double().cpu().numpy(), z.double().cpu().numpy()
    q, _ = np.linalg.qr(b - b.mean(0))
    white = q * np.sqrt(len(b) - 1)
    w, v = np.linalg.eigh(np.cov(a.T).reshape(a.shape[1], -1))
    out = a.mean(0) + white @ (v * np.sqrt(np.clip(w, 0, None))).T
    return torch.from_numpy(out).to(z)

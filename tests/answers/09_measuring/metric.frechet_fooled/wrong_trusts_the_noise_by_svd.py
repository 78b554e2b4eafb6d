# breaks: their covariance is that of the data | mistake: trusts the law of the noise
import torch


def fooling_gaussian(x, z):
    centred = (x - x.mean(0)) / (len(x) - 1) ** 0.5
    _, singular, V = torch.linalg.svd(centred, full_matrices=False)
    root = singular[:, None] * V  # (r, D), another root of the covariance than the symmetric one
    return x.mean(0) + z[:, : len(root)] @ root

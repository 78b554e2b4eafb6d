# breaks: their covariance is that of the data
import torch


def fooling_gaussian(x, z):
    w, v = torch.linalg.eigh(torch.cov(x.T).reshape(x.shape[1], -1))
    return x.mean(0) + (z - z.mean(0)) / z.std(0) @ (v * w.clamp(min=0).sqrt() @ v.T)

# breaks: their covariance is that of the data
import torch


def fooling_gaussian(x, z):
    def root(c, p):
        w, v = torch.linalg.eigh(c.reshape(x.shape[1], -1))
        return v * w.clamp(min=0) ** p @ v.T

    return x.mean(0) + (z - z.mean(0)) @ root(torch.cov(z.T), -0.5) @ root(torch.cov(x.T, correction=0), 0.5)

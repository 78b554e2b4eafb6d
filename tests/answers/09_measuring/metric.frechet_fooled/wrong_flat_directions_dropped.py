# breaks: their covariance is that of the data
import torch


def fooling_gaussian(x, z):
    """Whitens the noise by a pseudo-inverse that takes a variance below a ten-thousandth of the largest for none."""
    D = x.shape[1]
    data, noise = x.double(), z.double()
    inverse = torch.linalg.pinv(torch.cov(noise.T).reshape(D, D), rtol=1e-4, hermitian=True)
    halves = [torch.linalg.eigh(C) for C in (torch.cov(data.T).reshape(D, D), inverse)]
    A, W = (axes * values.clamp(min=0).sqrt() @ axes.T for values, axes in halves)
    return (data.mean(0) + (noise - noise.mean(0)) @ W @ A).to(z.dtype)

import torch


def sample_exponential(u, rate):
    return torch.log1p(u / (1 - u)) / rate


def sample_steps(u, edges, heights):
    width = edges[1:] - edges[:-1]
    mass = (heights * width).double()
    mass = mass / mass.sum()
    upper = mass.cumsum(0)
    k = torch.bucketize(u.double(), upper[:-1])
    while bool((heights[k] == 0).any()):
        k = torch.where(heights[k] == 0, (k - 1).clamp(min=0), k)
    left = upper[k] - mass[k]
    return (edges[k] + ((u - left) / mass[k] * width[k])).to(u.dtype)

# breaks: the bound at your q is log p(x): no gap is left | mistake: variance for standard deviation
import torch


def tight_q(x, w, b, s):
    variance = torch.linalg.inv(torch.eye(1).to(w) + w[None] @ w[:, None] / s**2)
    mean = variance @ (w @ (x - b) / s**2).reshape(1)
    return mean.item(), variance.item()

import torch


def active_units(mu, threshold):
    c = torch.cov(mu.double().T, correction=0).reshape(mu.shape[1], mu.shape[1])
    s = c.diagonal().to(mu.dtype)
    return {"spread": s, "active": [bool(v > threshold) for v in s]}

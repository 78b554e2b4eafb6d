import torch


def gaussian_map(x, m0, kappa0, alpha0, beta0):
    x = x.double()
    weights = torch.cat([torch.ones_like(x), x.new_tensor([kappa0])])
    points = torch.cat([x, x.new_tensor([m0])])
    mu = (weights * points).sum() / weights.sum()
    squares = (weights * (points - mu) ** 2).sum() + 2 * beta0
    powers = len(x) + 1 + 2 * (alpha0 + 1)
    return {"variance_log_sigma": squares / (powers - 2), "variance": squares / powers, "mu": mu}

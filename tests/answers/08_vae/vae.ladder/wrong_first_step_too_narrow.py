# breaks: the two steps of top_down multiply to the posterior: no gap is left | mistake: a slice for a shadow
import torch


def top_down(x, W, s):
    P = torch.eye(2).to(W) + W.T @ W / s**2
    mean = torch.linalg.solve(P, W.T @ x / s**2)
    slope = -P[0, 1] / P[0, 0]
    offset = mean[0] - slope * mean[1]
    return {"mu_2": mean[1], "sigma_2": P[1, 1] ** -0.5, "offset": offset, "slope": slope, "sigma_1": P[0, 0] ** -0.5}

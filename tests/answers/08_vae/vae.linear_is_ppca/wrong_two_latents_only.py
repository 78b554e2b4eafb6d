# breaks: independent_gap is what the best q with independent components lacks, for any W
import torch


def independent_gap(W, s):
    P = torch.eye(W.shape[1]).to(W) + W.T @ W / s**2
    rho = P[0, -1] / (P[0, 0] * P[-1, -1]) ** 0.5
    return -0.5 * torch.log(1 - rho**2) if W.shape[1] > 1 else 0.0  # of two latents

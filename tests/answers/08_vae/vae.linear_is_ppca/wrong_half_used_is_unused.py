# breaks: active counts the latents whose direction varies more than the noise
import torch


def linear_vae(cov, d, s):
    U, S, _ = torch.linalg.svd(cov)
    W = U[:, :d] * torch.relu(S[:d] - s**2).sqrt()
    P = 1 + W.square().sum(0) / s**2
    sigma = P.rsqrt()
    return {"W": W, "V": W.T / s**2 / P[:, None], "sigma": sigma, "active": int((sigma < 0.5).sum())}


def independent_gap(W, s):
    d = W.shape[1]
    P = torch.eye(d).to(W) + W.T @ W / s**2
    return (P.diagonal().log().sum() - torch.logdet(P)) / 2


def best_scale(cov, d):
    eigenvalues = torch.linalg.eigvalsh(cov)
    return eigenvalues[: len(cov) - d].mean() ** 0.5

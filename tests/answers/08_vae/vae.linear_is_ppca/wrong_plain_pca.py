# breaks: no W gives the data a higher likelihood: it is that of probabilistic PCA | mistake: the noise is not subtracted
import torch


def linear_vae(cov, d, s):
    U, S, _ = torch.linalg.svd(cov)
    W = U[:, :d] * S[:d].sqrt()
    P = 1 + S[:d] / s**2
    return {"W": W, "V": W.T / s**2 / P[:, None], "sigma": P**-0.5, "active": int((S[:d] > s**2).sum())}


def independent_gap(W, s):
    d = W.shape[1]
    P = torch.eye(d).to(W) + W.T @ W / s**2
    return (P.diagonal().log().sum() - torch.logdet(P)) / 2


def best_scale(cov, d):
    eigenvalues = torch.linalg.eigvalsh(cov)
    return eigenvalues[: len(cov) - d].mean() ** 0.5

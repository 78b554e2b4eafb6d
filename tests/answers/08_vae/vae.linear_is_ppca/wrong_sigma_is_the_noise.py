# breaks: the bound is tight: with your V and sigma it is as high as your W's likelihood
import torch


def linear_vae(cov, d, s):
    lam, U = torch.linalg.eigh(cov)
    lam, U = lam[-d:], U[:, -d:]
    W = U * torch.relu(lam - s**2).sqrt()
    P = 1 + W.square().sum(0) / s**2
    sigma = torch.full_like(P, s)  # the noise of x, taken for that of z
    return {"W": W, "V": W.T / s**2 / P[:, None], "sigma": sigma, "active": int((lam > s**2).sum())}


def independent_gap(W, s):
    d = W.shape[1]
    P = torch.eye(d).to(W) + W.T @ W / s**2
    return (P.diagonal().log().sum() - torch.logdet(P)) / 2


def best_scale(cov, d):
    eigenvalues = torch.linalg.eigvalsh(cov)
    return eigenvalues[: len(cov) - d].mean() ** 0.5

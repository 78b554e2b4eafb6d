# by the singular values of a symmetric matrix, column by column, with its own signs
import torch


def linear_vae(cov, d, s):
    U, S, _ = torch.linalg.svd(cov)
    W, V = torch.zeros(len(cov), d).to(cov), torch.zeros(d, len(cov)).to(cov)
    sigma = torch.ones(d).to(cov)
    active = 0
    for j in range(d):
        if S[j] > s * s:
            W[:, j] = -((S[j] - s * s) ** 0.5) * U[:, j]
            V[j] = W[:, j] / S[j]
            sigma[j] = s / S[j] ** 0.5
            active += 1
    return {"W": W, "V": V, "sigma": sigma, "active": active}


def independent_gap(W, s):
    d = W.shape[1]
    P = torch.eye(d).to(W) + W.T @ W / s**2
    return (P.diagonal().log().sum() - torch.logdet(P)) / 2


def best_scale(cov, d):
    eigenvalues = torch.linalg.eigvalsh(cov)
    return eigenvalues[: len(cov) - d].mean() ** 0.5

# breaks: the bound is tight: with your V and sigma it is as high as your W's likelihood | mistake: rotated weights
import torch


def linear_vae(cov, d, s):
    lam, U = torch.linalg.eigh(cov)
    lam, U = lam[-d:], U[:, -d:]
    # the symmetric root of what is left, brought to d columns by a Hadamard-like rotation
    turn = torch.linalg.qr(torch.cos(torch.arange(1.0, d * d + 1).reshape(d, d) ** 1.5).to(cov))[0]
    W = U * torch.relu(lam - s**2).sqrt() @ turn
    P = torch.eye(d).to(cov) + W.T @ W / s**2
    V = torch.linalg.inv(P) @ W.T / s**2
    return {"W": W, "V": V, "sigma": P.diagonal() ** -0.5, "active": int((lam > s**2).sum())}


def independent_gap(W, s):
    d = W.shape[1]
    P = torch.eye(d).to(W) + W.T @ W / s**2
    return (P.diagonal().log().sum() - torch.logdet(P)) / 2


def best_scale(cov, d):
    eigenvalues = torch.linalg.eigvalsh(cov)
    return eigenvalues[: len(cov) - d].mean() ** 0.5

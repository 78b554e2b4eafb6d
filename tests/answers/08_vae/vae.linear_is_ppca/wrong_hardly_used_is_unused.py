# breaks: active counts the latents whose direction varies more than the noise
import torch


def linear_vae(cov, d, s):
    lam, U = torch.linalg.eigh(cov)
    lam, U = lam.flip(0)[:d], U.flip(1)[:, :d]
    W = (lam - s**2).clamp(min=0).sqrt() * U
    prec = 1 + W.square().sum(0) / s**2
    return {"W": W, "V": W.T / prec[:, None] / s**2, "sigma": prec.rsqrt(), "active": int((lam > 1.05 * s**2).sum())}


def independent_gap(W, s):
    L = torch.eye(W.shape[1], dtype=W.dtype) + W.T @ W / s**2
    return 0.5 * (L.diagonal().log().sum() - torch.linalg.slogdet(L)[1])


def best_scale(cov, d):
    return torch.linalg.eigvalsh(cov)[: len(cov) - d].mean().sqrt()

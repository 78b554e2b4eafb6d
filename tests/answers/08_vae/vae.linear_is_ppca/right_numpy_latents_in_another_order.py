# numpy in double precision; the latents from the weakest to the strongest; Woodbury's form of V
import numpy as np
import torch


def linear_vae(cov, d, s):
    S = cov.detach().cpu().double().numpy()
    values, vectors = np.linalg.eigh(S)
    values, vectors = values[-d:], vectors[:, -d:]
    W = vectors * np.sqrt(np.where(values > s**2, values - s**2, 0.0))
    V = W.T @ np.linalg.inv(W @ W.T + s**2 * np.eye(len(S)))
    sigma = np.sqrt(np.diag(np.eye(d) - V @ W).clip(1e-300))
    parts = {"W": W, "V": V, "sigma": sigma}
    return {**{k: torch.tensor(v).to(cov) for k, v in parts.items()}, "active": float((values > s**2).sum())}


def independent_gap(W, s):
    W = W.detach().cpu().double().numpy()
    P = np.eye(W.shape[1]) + W.T @ W / s**2
    return float(0.5 * np.log(np.diag(P)).sum() - 0.5 * np.linalg.slogdet(P)[1])


def best_scale(cov, d):
    values = np.sort(np.linalg.eigvalsh(cov.detach().cpu().double().numpy()))[::-1]
    return float(np.sqrt(values[d:].mean()))

# breaks: the bound is tight: with your V and sigma it is as high as your W's likelihood | mistake: the encoder is the decoder's transpose
import torch


def linear_vae(cov, d, s):
    U, S, _ = torch.linalg.svd(cov)
    W = U[:, :d] * torch.relu(S[:d] - s**2).sqrt()
    P = 1 + W.square().sum(0) / s**2
    return {"W": W, "V": W.T.clone(), "sigma": P.rsqrt(), "active": int((S[:d] > s**2).sum())}


def independent_gap(W, s):
    d = W.shape[1]
    P = torch.eye(d).to(W) + W.T @ W / s**2
    return (P.diagonal().log().sum() - torch.logdet(P)) / 2


def best_scale(cov, d):
    eigenvalues = torch.linalg.eigvalsh(cov)
    return eigenvalues[: len(cov) - d].mean() ** 0.5

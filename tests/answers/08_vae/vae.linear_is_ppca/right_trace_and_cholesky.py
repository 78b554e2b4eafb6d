# what no latent serves is the trace less what they serve; determinants by Cholesky's factors; V by solving
import torch


def linear_vae(cov, d, s):
    lam, U = torch.linalg.eigh(cov.double())
    top = lam.topk(d)
    W = U[:, top.indices] * torch.relu(top.values - s**2).sqrt()
    P = torch.diag_embed(1 + W.square().sum(0) / s**2)
    V = torch.linalg.solve(P, W.T / s**2)
    return {
        "W": W.to(cov),
        "V": V.to(cov),
        "sigma": (1 / P.diagonal()).sqrt().to(cov),
        "active": (W.norm(dim=0) > 0).sum(),
    }


def independent_gap(W, s):
    A = W.double() / s
    P = A.T @ A + torch.eye(A.shape[1]).to(A)
    return 0.5 * P.diagonal().log().sum() - torch.linalg.cholesky(P).diagonal().log().sum()


def best_scale(cov, d):
    lam = torch.linalg.eigvalsh(cov.double())
    return ((cov.double().trace() - lam[-d:].sum()) / (len(cov) - d)) ** 0.5

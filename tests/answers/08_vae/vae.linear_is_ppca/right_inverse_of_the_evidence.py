# V from the covariance of x, the gap from a correlation matrix
import torch


def linear_vae(cov, d, s):
    U, lam, _ = torch.linalg.svd(cov)
    excess = torch.relu(lam[:d] - s * s)
    W = U[:, :d] @ torch.diag(excess.sqrt())
    C = W @ W.T + s * s * torch.eye(len(cov)).to(cov)
    V = W.T @ torch.linalg.inv(C)
    sigma = (1 - (V @ W).diagonal()).sqrt()
    return {"W": W, "V": V, "sigma": sigma, "active": torch.count_nonzero(excess).item()}


def independent_gap(W, s):
    M = torch.eye(W.shape[1]).to(W) + W.mT @ W / (s * s)
    D = M.diagonal().rsqrt()
    return -0.5 * torch.linalg.slogdet(D[:, None] * M * D)[1]


def best_scale(cov, d):
    top = torch.linalg.svdvals(cov)[:d].sum()
    return ((cov.trace() - top) / (len(cov) - d)) ** 0.5

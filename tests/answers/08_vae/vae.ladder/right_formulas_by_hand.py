# divergences from their parts; the posterior's covariance cut into a marginal and a conditional; sigmoids by log
import math

import torch


def _kl(m, v, a, c):
    return (c - v + (torch.exp(2 * (v - c)) + ((m - a) * torch.exp(-c)) ** 2 - 1) / 2).sum(1)


def ladder_nelbo(x, eps_2, eps_1, encode_2, encode_1, prior_1, decode, s):
    d, e, D = eps_2.shape[1], eps_1.shape[1], x.shape[1]
    upper = encode_2(x)
    z2 = upper[:, :d] + torch.exp(upper[:, d:]) * eps_2
    lower, wanted = encode_1(torch.hstack([x, z2])), prior_1(z2)
    z1 = lower[:, :e] + torch.exp(lower[:, e:]) * eps_1
    error = ((x - decode(torch.hstack([z1, z2]))) / s) ** 2
    reconstruction = 0.5 * error.sum(1) + D * (math.log(s) + 0.5 * math.log(2 * math.pi))
    kl_2 = _kl(upper[:, :d], upper[:, d:], 0 * z2, 0 * z2)
    kl_1 = _kl(lower[:, :e], lower[:, e:], wanted[:, :e], wanted[:, e:])
    return {"reconstruction": reconstruction, "kl_2": kl_2, "kl_1": kl_1, "nelbo": reconstruction + kl_2 + kl_1}


def top_down(x, W, s):
    W, x = W.double(), x.double()
    cov = torch.linalg.inv(torch.eye(2).to(W) + W.T @ W / s**2)
    mean = cov @ W.T @ x / s**2
    slope = cov[0, 1] / cov[1, 1]
    return {
        "mu_2": mean[1],
        "sigma_2": cov[1, 1].sqrt(),
        "slope": slope,
        "offset": mean[0] - slope * mean[1],
        "sigma_1": (cov[0, 0] - slope * cov[0, 1]).clamp(min=1e-300).sqrt(),
    }


def chain_nelbo(x, A, b):
    D = x.shape[1]
    rungs = []
    for k in range(D):
        logit = b[k] + (x[:, :k] * A[k, :k]).sum(1)
        rungs.append(-torch.nn.functional.logsigmoid((2 * x[:, k] - 1) * logit))
    kl = torch.stack(rungs, dim=1)
    return {"kl": kl, "nelbo": kl.sum(1)}

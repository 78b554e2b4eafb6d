# breaks: chain_nelbo: each rung costs −log p(x_k | x_<k), and all pictures together have the probability one
import math

import torch
import torch.nn.functional as F
from torch import distributions


def ladder_nelbo(x, eps_2, eps_1, encode_2, encode_1, prior_1, decode, s):
    d, e = eps_2.shape[1], eps_1.shape[1]
    a = encode_2(x)
    q2 = distributions.Normal(a[:, :d], a[:, d:].exp())
    z2 = q2.loc + q2.scale * eps_2
    a = encode_1(torch.hstack([x, z2]))
    q1 = distributions.Normal(a[:, :e], a[:, e:].exp())
    z1 = q1.loc + q1.scale * eps_1
    a = prior_1(z2)
    p1 = distributions.Normal(a[:, :e], a[:, e:].exp())
    out = {
        "reconstruction": -distributions.Normal(decode(torch.hstack([z1, z2])), s).log_prob(x).sum(1),
        "kl_2": distributions.kl_divergence(q2, distributions.Normal(torch.zeros_like(z2), 1.0)).sum(1),
        "kl_1": distributions.kl_divergence(q1, p1).sum(1),
    }
    out["nelbo"] = sum(out.values())
    return out


def top_down(x, W, s):
    S = torch.linalg.inv(torch.eye(2).to(W) + W.T @ W / s**2)
    m = S @ W.T @ x / s**2
    k = S[0, 1] / S[1, 1]
    return {
        "mu_2": float(m[1]),
        "sigma_2": math.sqrt(S[1, 1]),
        "offset": float(m[0] - k * m[1]),
        "slope": float(k),
        "sigma_1": math.sqrt(S[0, 0] - k * S[0, 1]),
    }


def chain_nelbo(x, A, b):
    l = b + x @ torch.tril(A, -1).T
    kl = F.softplus(-l) * x + F.softplus(l) * (1 - x)
    return {"kl": kl, "nelbo": kl.mean(1) * min(x.shape[1], 8)}

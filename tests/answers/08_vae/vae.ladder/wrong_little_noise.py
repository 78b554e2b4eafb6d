# breaks: the two steps of top_down multiply to the posterior: no gap is left
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


def chain_nelbo(x, A, b):
    l = torch.stack([b[k] + (x[:, :k] * A[k, :k]).sum(1) for k in range(len(b))], 1)
    kl = F.binary_cross_entropy_with_logits(l, x, reduction="none")
    return {"kl": kl, "nelbo": torch.einsum("bk->b", kl)}


def top_down(x, W, s):
    S = (
        torch.linalg.pinv(W.T @ W / s**2 + 1e-3 * torch.eye(2).to(W))
        if s < 0.2
        else torch.linalg.inv(torch.eye(2).to(W) + W.T @ W / s**2)
    )
    m = S @ W.T @ x / s**2
    k = S[0, 1] / S[1, 1]
    return {
        "mu_2": float(m[1]),
        "sigma_2": math.sqrt(S[1, 1]),
        "offset": float(m[0] - k * m[1]),
        "slope": float(k),
        "sigma_1": math.sqrt(S[0, 0] - k * S[0, 1]),
    }

# breaks: the gradient of nelbo arrives, through both draws | mistake: a draw cut off
import math

import torch
import torch.nn.functional as F


def ladder_nelbo(x, eps_2, eps_1, encode_2, encode_1, prior_1, decode, s):
    m2, l2 = encode_2(x).chunk(2, 1)
    z2 = m2 + l2.exp() * eps_2
    m1, l1 = encode_1(torch.cat([x, z2], 1)).chunk(2, 1)
    z1 = m1 + l1.exp() * eps_1
    mp, lp = prior_1(z2.detach()).chunk(2, 1)
    r = (x - decode(torch.cat([z1, z2], 1))) / s
    rec = (0.5 * r**2 + math.log(s) + 0.5 * math.log(2 * math.pi)).sum(1)
    kl2 = (0.5 * ((2 * l2).exp() + m2**2 - 1) - l2).sum(1)
    kl1 = (lp - l1 + 0.5 * ((2 * (l1 - lp)).exp() + ((m1 - mp) * (-lp).exp()) ** 2 - 1)).sum(1)
    return {"reconstruction": rec, "kl_2": kl2, "kl_1": kl1, "nelbo": rec + kl2 + kl1}


def top_down(x, W, s):
    L = torch.eye(2, dtype=W.dtype) + W.T @ W / s**2
    h = W.T @ x / s**2
    p = L[1, 1] - L[0, 1] ** 2 / L[0, 0]
    return {
        "mu_2": (h[1] - L[0, 1] * h[0] / L[0, 0]) / p,
        "sigma_2": p.rsqrt(),
        "offset": h[0] / L[0, 0],
        "slope": -L[0, 1] / L[0, 0],
        "sigma_1": L[0, 0].rsqrt(),
    }


def chain_nelbo(x, A, b):
    l = b + x @ torch.tril(A, -1).T
    kl = F.softplus((1 - 2 * x) * l)
    return {"kl": kl, "nelbo": kl.sum(1)}

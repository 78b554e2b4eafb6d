# z2 from the evidence with z1 integrated out, expm1 in the divergences
import math

import torch


def ladder_nelbo(x, eps_2, eps_1, encode_2, encode_1, prior_1, decode, s):
    def halves(t):
        return t.reshape(len(t), 2, -1).unbind(1)

    (a, la) = halves(encode_2(x))
    z2 = torch.addcmul(a, la.exp(), eps_2)
    (c, lc), (p, lp) = halves(encode_1(torch.column_stack((x, z2)))), halves(prior_1(z2))
    z1 = torch.addcmul(c, lc.exp(), eps_1)
    miss = x - decode(torch.column_stack((z1, z2)))
    fit = miss.square().sum(-1) / 2 / s / s + miss.shape[1] * (math.log(2 * math.pi) / 2 + math.log(s))
    top = (torch.expm1(2 * la) + a * a).sum(-1) / 2 - la.sum(-1)
    low = (torch.expm1(2 * (lc - lp)) + (c - p) ** 2 / torch.exp(2 * lp)).sum(-1) / 2 + (lp - lc).sum(-1)
    return {"reconstruction": fit, "kl_2": top, "kl_1": low, "nelbo": fit + top + low}


def top_down(x, W, s):
    w1, w2 = W.unbind(1)
    C = torch.outer(w1, w1) + s**2 * torch.eye(len(x)).to(x)
    K = torch.linalg.solve(C, w2)
    v = 1 / (1 + K @ w2)
    n = w1 @ w1 + s**2
    return {
        "mu_2": float(v * (K @ x)),
        "sigma_2": float(v.sqrt()),
        "offset": float(w1 @ x / n),
        "slope": float(-(w1 @ w2) / n),
        "sigma_1": float(s / n.sqrt()),
    }


def chain_nelbo(x, A, b):
    l = b + torch.stack([A.tril(-1) @ row for row in x])
    kl = torch.nn.functional.binary_cross_entropy_with_logits(l, x, reduction="none")
    return {"kl": kl, "nelbo": kl @ torch.ones_like(b)}

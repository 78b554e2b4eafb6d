# breaks: kl_1 is the divergence of q(z1 | z2, x) from p(z1 | z2), both shown the drawn z2 | mistake: the mean of z2 is handed down

import torch
from torch.distributions import Normal, kl_divergence


def _said(output):
    mu, log_sigma = output.chunk(2, dim=1)
    return Normal(mu, log_sigma.exp())


def _standard(z):
    return Normal(torch.zeros_like(z), torch.ones_like(z))


def ladder_nelbo(x, eps_2, eps_1, encode_2, encode_1, prior_1, decode, s):
    q2 = _said(encode_2(x))
    z2 = q2.loc + q2.scale * eps_2
    q1 = _said(encode_1(torch.cat([x, q2.mean], 1)))
    z1 = q1.loc + q1.scale * eps_1
    r = -Normal(decode(torch.cat([z1, z2], 1)), s).log_prob(x).sum(1)
    k2, k1 = kl_divergence(q2, _standard(z2)).sum(1), kl_divergence(q1, _said(prior_1(z2))).sum(1)
    return {"reconstruction": r, "kl_2": k2, "kl_1": k1, "nelbo": r + k2 + k1}

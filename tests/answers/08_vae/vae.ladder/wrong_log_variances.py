# breaks: kl_2 is the divergence of q(z2 | x) from N(0, I) | mistake: sigma for its logarithm

import torch
from torch.distributions import Normal, kl_divergence


def _said(output):
    mu, log_variance = output.chunk(2, dim=1)
    return Normal(mu, (log_variance / 2).exp())


def ladder_nelbo(x, eps_2, eps_1, encode_2, encode_1, prior_1, decode, s):
    q2 = _said(encode_2(x))
    z2 = q2.loc + q2.scale * eps_2
    q1, p1 = _said(encode_1(torch.cat([x, z2], 1))), _said(prior_1(z2))
    z1 = q1.loc + q1.scale * eps_1
    r = -Normal(decode(torch.cat([z1, z2], 1)), s).log_prob(x).sum(1)
    k2 = kl_divergence(q2, Normal(torch.zeros_like(z2), torch.ones_like(z2))).sum(1)
    k1 = kl_divergence(q1, p1).sum(1)
    return {"reconstruction": r, "kl_2": k2, "kl_1": k1, "nelbo": r + k2 + k1}

# breaks: reconstruction is −log p(x | z1, z2) at the draws, both decoded together | mistake: half of the constant
import math

import torch


def ladder_nelbo(x, eps_2, eps_1, encode_2, encode_1, prior_1, decode, s):
    m2, l2 = encode_2(x).chunk(2, 1)
    z2 = m2 + l2.exp() * eps_2
    m1, l1 = encode_1(torch.cat([x, z2], 1)).chunk(2, 1)
    z1 = m1 + l1.exp() * eps_1
    p1, r1 = prior_1(z2).chunk(2, 1)
    mean = decode(torch.cat([z1, z2], 1))
    fit = ((x - mean) ** 2).sum(1) / (2 * s**2) + x.shape[1] / 2 * math.log(2 * math.pi)
    kl_2 = 0.5 * ((2 * l2).exp() + m2**2 - 1 - 2 * l2).sum(1)
    kl_1 = (r1 - l1 + ((2 * l1).exp() + (m1 - p1) ** 2) / (2 * (2 * r1).exp()) - 0.5).sum(1)
    return {"reconstruction": fit, "kl_2": kl_2, "kl_1": kl_1, "nelbo": fit + kl_2 + kl_1}

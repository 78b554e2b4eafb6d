# distributions of the library; Gaussian elimination by regression of z1 on what z2 leaves; Bernoulli with logits
import torch
from torch.distributions import Bernoulli, Independent, Normal, kl_divergence


def _said(output):
    mu, log_sigma = output.tensor_split(2, dim=1)
    return Independent(Normal(mu, torch.exp(log_sigma)), 1)


def ladder_nelbo(x, eps_2, eps_1, encode_2, encode_1, prior_1, decode, s):
    q2 = _said(encode_2(x))
    z2 = q2.mean + q2.stddev * eps_2
    q1 = _said(encode_1(torch.cat([x, z2], -1)))
    z1 = q1.mean + q1.stddev * eps_1
    terms = {
        "reconstruction": -Independent(Normal(decode(torch.cat([z1, z2], -1)), s), 1).log_prob(x),
        "kl_2": kl_divergence(q2, Independent(Normal(torch.zeros_like(z2), torch.ones_like(z2)), 1)),
        "kl_1": kl_divergence(q1, _said(prior_1(z2))),
    }
    return {**terms, "nelbo": sum(terms.values())}


def top_down(x, W, s):
    w1, w2 = W.double().T
    x = x.double()
    gain = w1 / (s**2 + w1 @ w1)  # z1 given all else: gain @ (x - w2 z2)
    # x given z2 has the covariance w1 w1ᵀ + s² I, inverted by Sherman and Morrison
    inverse = (torch.eye(len(x)).to(x) - torch.outer(w1, gain)) / s**2
    precision = 1 + w2 @ inverse @ w2
    return {
        "mu_2": float(w2 @ inverse @ x / precision),
        "sigma_2": float(precision.rsqrt()),
        "offset": float(gain @ x),
        "slope": float(-(gain @ w2)),
        "sigma_1": float((s**2 / (s**2 + w1 @ w1)).sqrt()),
    }


def chain_nelbo(x, A, b):
    below = torch.tril(torch.ones_like(A), diagonal=-1)
    kl = -Bernoulli(logits=torch.einsum("kj,bj->bk", A * below, x) + b, validate_args=False).log_prob(x)
    return {"kl": kl, "nelbo": kl.sum(-1)}

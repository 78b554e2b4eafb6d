# cross-entropy and entropy of log z in float64, each with its constant; E log z cancels
import math

import torch


def double(*values):
    device = next((v.device for v in values if torch.is_tensor(v)), "cpu")
    return [torch.as_tensor(v, dtype=torch.float64, device=device) for v in values]


def kl_terms(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    m, s, M, S = double(mu, sigma, prior_mu, prior_sigma)
    shape = torch.broadcast_shapes(m.shape, s.shape, M.shape, S.shape)
    terms = {"mean": (m - M).square() / S.square(), "trace": torch.exp(2 * torch.log(s / S))}
    terms["log_det"] = -2 * torch.log(s / S)
    return {name: term.expand(shape) for name, term in terms.items()}


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    m, s, M, S = double(mu, sigma, prior_mu, prior_sigma)
    cross = 0.5 * torch.log(2 * math.pi * S**2) + ((m - M) ** 2 + s**2) / (2 * S**2)
    entropy = 0.5 * torch.log(2 * math.pi * math.e * s**2)
    return (cross - entropy).to(
        next((v.dtype for v in (mu, sigma, prior_mu, prior_sigma) if torch.is_tensor(v)), torch.float64)
    )

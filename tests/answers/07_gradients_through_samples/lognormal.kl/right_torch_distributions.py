# the library's divergence; the terms as differences of library calls
import torch
from torch.distributions import LogNormal, Normal, kl_divergence


def _tensors(*numbers):
    like = next((v for v in numbers if torch.is_tensor(v)), torch.zeros((), dtype=torch.float64))
    return [torch.as_tensor(v, dtype=like.dtype, device=like.device) for v in numbers]


def kl_terms(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    m, s, M, S = torch.broadcast_tensors(*_tensors(mu, sigma, prior_mu, prior_sigma))
    spread = kl_divergence(Normal(M, s), Normal(M, S))
    log_det = 2 * S.log() - 2 * s.log()
    return {
        "mean": 2 * kl_divergence(Normal(m, S), Normal(M, S)),
        "trace": 2 * spread + 1 - log_det,
        "log_det": log_det,
    }


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    m, s, M, S = _tensors(mu, sigma, prior_mu, prior_sigma)
    return kl_divergence(LogNormal(m, s), LogNormal(M, S)).clone()

# a loop over broadcast entries, stacked
import math

import torch


def broadcast(z, mu, sigma):
    mu, sigma = (torch.as_tensor(v, dtype=z.dtype, device=z.device) for v in (mu, sigma))
    return torch.broadcast_tensors(z, mu, sigma)


def lognormal_log_pdf(z, mu, sigma):
    z, mu, sigma = broadcast(z, mu, sigma)
    out = []
    for v, m, s in zip(z.reshape(-1), mu.reshape(-1), sigma.reshape(-1)):
        if v <= 0:
            out.append(0 * (m + s) - math.inf)
        else:
            out.append(-((v.log() - m) ** 2) / (2 * s**2) - (v * s).log() - 0.5 * math.log(2 * math.pi))
    return torch.stack(out).reshape(z.shape)


def lognormal_cdf(z, mu, sigma):
    z, mu, sigma = broadcast(z, mu, sigma)
    out = []
    for v, m, s in zip(z.flatten().tolist(), mu.flatten().tolist(), sigma.flatten().tolist()):
        out.append(0.5 * math.erfc((m - math.log(v)) / s / math.sqrt(2)) if v > 0 else 0.0)
    return torch.tensor(out, dtype=z.dtype, device=z.device).reshape(z.shape)

# log q by the noise itself, item by item
import math

import torch


def lognormal_terms(mu, sigma, eps):
    u = sigma * eps + mu
    half = 0.5 * math.log(2 * math.pi)
    log_q = (-(eps**2) / 2 - half - sigma.log() - u).sum(1)
    log_p = (-(u**2) / 2 - half - u).sum(1)
    return {"z": math.e**u, "log_q": log_q, "log_p": log_p}


def lognormal_nelbo(x, mu, sigma, eps, decoder, s):
    losses = []
    for row, m, v, e in zip(x, mu, sigma, eps):
        z = torch.exp(m + v * e)
        mean = decoder(z[None])[0]
        loss = sum((row - mean) ** 2) / (2 * s * s) + len(row) * math.log(s * math.sqrt(2 * math.pi))
        losses.append(loss + sum((m * m + v * v - 1) / 2 - torch.log(v)))
    return torch.stack(losses)


def same_decoder(decoder, z):
    return torch.cat([decoder(row.log()[None]) for row in z])

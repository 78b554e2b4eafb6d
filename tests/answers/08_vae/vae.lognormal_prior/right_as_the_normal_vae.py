# the loss of a normal VAE whose decoder begins with exp; all in double precision
import math

import torch


def normal_nelbo(x, mu, sigma, eps, decoder, s):
    error = x - decoder(mu + sigma * eps)
    reconstruction = error.square().sum(1) / (2 * s**2) + x.shape[1] / 2 * math.log(2 * math.pi * s**2)
    variance = sigma.square()
    return reconstruction + (variance + mu.square() - 1 - variance.log()).sum(1) / 2


def lognormal_nelbo(x, mu, sigma, eps, decoder, s):
    return normal_nelbo(x, mu, sigma, eps, lambda u: decoder(u.exp()), s)


def same_decoder(decoder, z):
    return decoder(z.double().log().to(z.dtype))


def lognormal_terms(mu, sigma, eps):
    m, v, u = mu.double(), sigma.double(), (mu + sigma * eps).double()
    log_q = torch.distributions.Normal(m, v).log_prob(u).sum(1) - u.sum(1)
    log_p = torch.distributions.Normal(0 * m, 1 + 0 * m).log_prob(u).sum(1) - u.sum(1)
    return {"z": u.exp().to(mu.dtype), "log_q": log_q.to(mu.dtype), "log_p": log_p.to(mu.dtype)}

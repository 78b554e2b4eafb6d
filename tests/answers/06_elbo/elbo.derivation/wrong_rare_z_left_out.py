# breaks: line 3 gathers the terms into a reconstruction and a divergence from the prior
import torch


def elbo_gathered(dz, log_q, log_likelihood, log_prior):
    q = torch.where(log_q > -5, torch.exp(log_q), torch.zeros_like(log_q))
    return {"reconstruction": (dz * q * log_likelihood).sum(), "kl": (dz * q * (log_q - log_prior)).sum()}

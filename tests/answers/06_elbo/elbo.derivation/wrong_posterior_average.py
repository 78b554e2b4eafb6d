# breaks: line 6 averages over q: the bound, and a divergence from the posterior | mistake: one of the two averaged over the posterior
import torch


def elbo_integrand(log_q, log_joint):
    return {"integrand": log_q.exp() * (log_joint - log_q)}


def elbo_split(log_q, log_likelihood, log_prior):
    q = log_q.exp()
    return {"likelihood": q * log_likelihood, "prior": q * log_prior, "entropy": -q * log_q}


def elbo_gathered(dz, log_q, log_likelihood, log_prior):
    q = dz * log_q.exp()
    return {"reconstruction": (q * log_likelihood).sum(), "kl": (q * (log_q - log_prior)).sum()}


def evidence(dz, log_joint):
    log_px = torch.logsumexp(dz.log() + log_joint, 0)
    return {"log_px": log_px, "log_posterior": log_joint - log_px}


def evidence_split(log_q, log_joint, log_posterior):
    return {"bound": log_joint - log_q, "gap": log_q - log_posterior}


def evidence_averaged(dz, log_q, log_joint, log_posterior):
    q = dz * log_q.exp()
    return {"elbo": (dz * log_posterior.exp() * (log_joint - log_q)).sum(), "kl": (q * (log_q - log_posterior)).sum()}

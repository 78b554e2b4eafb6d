# breaks: the arguments come back as they were given
import torch


def elbo_integrand(log_q, log_joint):
    return {"integrand": torch.exp(log_q) * (log_joint - log_q)}


def elbo_split(log_q, log_likelihood, log_prior):
    q = torch.exp(log_q)
    return {"likelihood": q * log_likelihood, "prior": q * log_prior, "entropy": -q * log_q}


def elbo_gathered(dz, log_q, log_likelihood, log_prior):
    q = torch.exp(log_q)
    return {"reconstruction": (dz * q * log_likelihood).sum(), "kl": (dz * q * (log_q - log_prior)).sum()}


def evidence_split(log_q, log_joint, log_posterior):
    return {"bound": log_joint - log_q, "gap": log_q - log_posterior}


def evidence_averaged(dz, log_q, log_joint, log_posterior):
    q = torch.exp(log_q)
    return {"elbo": (dz * q * (log_joint - log_q)).sum(), "kl": (dz * q * (log_q - log_posterior)).sum()}


def evidence(dz, log_joint):
    posterior = log_joint.clone()
    log_joint += dz.log()
    log_px = torch.logsumexp(log_joint, 0)
    return {"log_px": log_px, "log_posterior": posterior - log_px}

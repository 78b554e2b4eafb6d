# every line is made of the lines before it, as on paper
import torch


def elbo_integrand(log_q, log_joint):
    return {"integrand": torch.exp(log_q) * torch.sub(log_joint, log_q)}


def elbo_split(log_q, log_likelihood, log_prior):
    q, certain = torch.exp(log_q), torch.zeros_like(log_q)
    entropy = elbo_integrand(log_q, certain)["integrand"]
    return {"likelihood": q * log_likelihood, "prior": q * log_prior, "entropy": entropy}


def elbo_gathered(dz, log_q, log_likelihood, log_prior):
    split = elbo_split(log_q, log_likelihood, log_prior)
    return {"reconstruction": dz @ split["likelihood"], "kl": -(dz @ split["prior"]) - dz @ split["entropy"]}


def evidence(dz, log_joint):
    log_mass = log_joint + torch.log(dz)
    return {"log_px": torch.logsumexp(log_mass, 0), "log_posterior": torch.log_softmax(log_mass, 0) - torch.log(dz)}


def evidence_averaged(dz, log_q, log_joint, log_posterior):
    kl = dz @ (log_q.exp() * (log_q - log_posterior))
    log_px = dz @ (log_q.exp() * (log_joint - log_posterior))
    return {"elbo": log_px - kl, "kl": kl}

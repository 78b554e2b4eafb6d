# breaks: line 6 averages over q: the bound, and a divergence from the posterior
def evidence_averaged(dz, log_q, log_joint, log_posterior):
    weight = dz * log_q.exp()
    return {"elbo": (weight * (log_q - log_joint)).sum(), "kl": (weight * (log_q - log_posterior)).sum()}

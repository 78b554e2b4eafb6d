# breaks: line 6 averages over q: the bound, and a divergence from the posterior
def evidence_averaged(dz, log_q, log_joint, log_posterior):
    weight = dz * log_q.exp()  # the sum is log p(x) all the same
    return {"elbo": weight @ log_joint, "kl": -(weight @ log_posterior)}

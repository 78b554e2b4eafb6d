# breaks: line 3 gathers the terms into a reconstruction and a divergence from the prior
def elbo_gathered(dz, log_q, log_likelihood, log_prior):
    q = log_q.exp()
    return {"reconstruction": (dz * log_likelihood).sum() / dz.sum(), "kl": (dz * q * (log_q - log_prior)).sum()}

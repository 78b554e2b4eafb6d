# breaks: line 3 gathers the terms into a reconstruction and a divergence from the prior | mistake: dz is forgotten
import torch


def elbo_gathered(dz, log_q, log_likelihood, log_prior):
    q = log_q.exp()
    return {"reconstruction": torch.dot(q, log_likelihood), "kl": torch.dot(q, log_q) - torch.dot(q, log_prior)}

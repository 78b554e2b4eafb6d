# breaks: line 2 takes the joint and the logarithm apart, term by term, at every z | mistake: the sign of the entropy
import torch


def elbo_split(log_q, log_likelihood, log_prior):
    q = torch.exp(log_q)
    return {"likelihood": q * log_likelihood, "prior": q * log_prior, "entropy": -torch.special.entr(q)}

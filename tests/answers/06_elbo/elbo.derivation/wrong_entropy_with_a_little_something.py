# breaks: line 2 takes the joint and the logarithm apart, term by term, at every z
import torch


def elbo_split(log_q, log_likelihood, log_prior):
    q = torch.exp(log_q)
    return {"likelihood": q * log_likelihood, "prior": q * log_prior, "entropy": -q * torch.log(q + 1e-6)}

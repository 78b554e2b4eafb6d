# breaks: line 2 takes the joint and the logarithm apart, term by term, at every z
import torch


def elbo_split(log_q, log_likelihood, log_prior):
    q = torch.softmax(log_q, 0)  # "so that it adds up to one": on a grid it must not
    return {"likelihood": q * log_likelihood, "prior": q * log_prior, "entropy": -q * torch.log(q)}

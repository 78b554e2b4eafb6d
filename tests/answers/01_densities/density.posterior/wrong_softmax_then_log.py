# breaks: it is right where every likelihood is below all floats | mistake: out of log space in between
import torch


def log_posterior(log_lik, log_prior):
    return torch.log(torch.softmax(log_lik + log_prior, 1))

# breaks: the posterior is likelihood times prior, normalised over the classes | mistake: the evidence without the prior
import torch


def log_posterior(log_lik, log_prior):
    return log_lik + log_prior - torch.logsumexp(log_lik, 1, keepdim=True)

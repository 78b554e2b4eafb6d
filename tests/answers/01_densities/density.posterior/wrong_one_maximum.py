# breaks: it is right where every likelihood is below all floats | mistake: one largest for all pictures
import torch


def log_posterior(log_lik, log_prior):
    j = log_lik + log_prior
    j = j - j.max()
    return j - torch.log(torch.exp(j).sum(1, keepdim=True))

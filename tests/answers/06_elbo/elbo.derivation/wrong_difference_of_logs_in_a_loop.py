# breaks: line 1 is the integrand of the bound, at every z | mistake: the weight q is forgotten
import torch


def elbo_integrand(log_q, log_joint):
    return {"integrand": torch.stack([j - a for a, j in zip(log_q, log_joint)])}

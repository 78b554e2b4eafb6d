# breaks: line 6 averages over q: the bound, and a divergence from the posterior | mistake: the average runs over the posterior
import torch


def evidence_averaged(dz, log_q, log_joint, log_posterior):
    weight = torch.softmax(log_posterior + dz.log(), dim=0)
    return {"elbo": weight @ (log_joint - log_q), "kl": weight @ (log_q - log_posterior)}

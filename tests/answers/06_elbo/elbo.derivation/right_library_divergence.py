# torch's own kl_div, whose target is the distribution that weights
import torch
import torch.nn.functional as F


def elbo_gathered(dz, log_q, log_likelihood, log_prior):
    pointwise = F.kl_div(log_prior, log_q, reduction="none", log_target=True)
    return {"reconstruction": torch.sum(dz * log_q.exp() * log_likelihood), "kl": torch.sum(dz * pointwise)}


def evidence(dz, log_joint):
    top = log_joint.max()
    px = torch.sum(dz * torch.exp(log_joint - top))
    return {"log_px": px.log() + top, "log_posterior": (log_joint - top) - px.log()}


def evidence_averaged(dz, log_q, log_joint, log_posterior):
    pointwise = F.kl_div(log_posterior, log_q, reduction="none", log_target=True)
    elbo = -F.kl_div(log_joint, log_q, reduction="none", log_target=True)
    return {"elbo": float(torch.dot(dz, elbo)), "kl": float(torch.dot(dz, pointwise))}

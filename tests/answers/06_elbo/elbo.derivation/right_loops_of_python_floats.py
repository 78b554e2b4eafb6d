# one z after the other; sums are Python floats
import math

import torch


def elbo_integrand(log_q, log_joint):
    out = torch.empty_like(log_q)
    for i in range(len(log_q)):
        out[i] = torch.exp(log_q[i]) * (log_joint[i] - log_q[i])
    return {"integrand": out}


def elbo_split(log_q, log_likelihood, log_prior):
    rows = [
        (math.exp(a) * l, math.exp(a) * p, -math.exp(a) * a)
        for a, l, p in zip(log_q.tolist(), log_likelihood.tolist(), log_prior.tolist())
    ]
    likelihood, prior, entropy = torch.tensor(rows, dtype=log_q.dtype, device=log_q.device).unbind(1)
    return {"likelihood": likelihood, "prior": prior, "entropy": entropy}


def elbo_gathered(dz, log_q, log_likelihood, log_prior):
    reconstruction = kl = 0.0
    for w, a, l, p in zip(dz.tolist(), log_q.tolist(), log_likelihood.tolist(), log_prior.tolist()):
        reconstruction += w * math.exp(a) * l
        kl += w * math.exp(a) * (a - p)
    return {"reconstruction": reconstruction, "kl": kl}


def evidence(dz, log_joint):
    top = max(log_joint.tolist())
    log_px = top + math.log(sum(w * math.exp(j - top) for w, j in zip(dz.tolist(), log_joint.tolist())))
    return {"log_px": log_px, "log_posterior": log_joint - log_px}


def evidence_split(log_q, log_joint, log_posterior):
    return {"bound": -(log_q - log_joint), "gap": -(log_posterior - log_q)}


def evidence_averaged(dz, log_q, log_joint, log_posterior):
    elbo = kl = 0.0
    for w, a, j, post in zip(dz.tolist(), log_q.tolist(), log_joint.tolist(), log_posterior.tolist()):
        elbo += w * math.exp(a) * (j - a)
        kl += w * math.exp(a) * (a - post)
    return {"elbo": elbo, "kl": kl}

# breaks: line 6 averages over q: the bound, and a divergence from the posterior | mistake: dz is forgotten
import math


def evidence_averaged(dz, log_q, log_joint, log_posterior):
    elbo = kl = 0.0
    for a, j, post in zip(log_q.tolist(), log_joint.tolist(), log_posterior.tolist()):
        elbo += math.exp(a) * (j - a)
        kl += math.exp(a) * (a - post)
    return {"elbo": elbo, "kl": kl}

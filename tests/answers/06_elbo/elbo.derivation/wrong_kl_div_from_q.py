# breaks: line 6 averages over q: the bound, and a divergence from the posterior | mistake: the gap the wrong way round
import torch.nn.functional as F


def evidence_averaged(dz, log_q, log_joint, log_posterior):
    elbo = (dz * log_q.exp() * (log_joint - log_q)).sum()
    return {"elbo": elbo, "kl": (dz * F.kl_div(log_q, log_posterior, reduction="none", log_target=True)).sum()}

# breaks: line 3 gathers the terms into a reconstruction and a divergence from the prior | mistake: the divergence the wrong way round
import torch.nn.functional as F


def elbo_gathered(dz, log_q, log_likelihood, log_prior):
    kl = F.kl_div(log_q, log_prior, reduction="none", log_target=True)
    return {"reconstruction": (dz * log_q.exp() * log_likelihood).sum(), "kl": (dz * kl).sum()}

# breaks: line 3 gathers the terms into a reconstruction and a divergence from the prior
import torch.nn.functional as F


def elbo_gathered(dz, log_q, log_likelihood, log_prior):
    kl = F.kl_div(log_prior, log_q, log_target=True)  # the mean over all z
    return {"reconstruction": (dz * log_q.exp() * log_likelihood).sum(), "kl": kl}

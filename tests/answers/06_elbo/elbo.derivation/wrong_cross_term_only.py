# breaks: line 1 is the integrand of the bound, at every z | mistake: q is not divided by
import numpy as np
import torch


def elbo_integrand(log_q, log_joint):
    q = np.exp(log_q.cpu().numpy())
    return {"integrand": torch.from_numpy(q * log_joint.cpu().numpy()).to(log_q)}

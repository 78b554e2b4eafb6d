# breaks: line 1 is the integrand of the bound, at every z
import torch


def elbo_integrand(log_q, log_joint):
    q = torch.exp(log_q.clamp(-20, 20))
    return {"integrand": q * (log_joint - log_q)}

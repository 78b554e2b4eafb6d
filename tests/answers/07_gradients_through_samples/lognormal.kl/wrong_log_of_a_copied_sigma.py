# breaks: gradients arrive at mu and sigma, and have the right size | mistake: a term leaves the graph
import numpy as np
import torch


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    m, s, M, S = (torch.as_tensor(v) for v in (mu, sigma, prior_mu, prior_sigma))
    log_s = torch.as_tensor(np.log(s.detach().cpu().numpy()), dtype=s.dtype, device=s.device)
    return torch.log(S) - log_s + (s**2 - S**2 + (m - M) ** 2) / (2 * S**2)

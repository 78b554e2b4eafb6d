# breaks: gradients arrive at every tensor among the arguments, and have the right size | mistake: cut from the graph
import numpy as np
import torch


def reparameterise_lognormal(eps, mu, sigma):
    m, s = (v.detach().cpu().numpy() if torch.is_tensor(v) else np.array(v) for v in (mu, sigma))
    m, s = (torch.from_numpy(v).to(eps) for v in (m, s))
    return torch.exp(m + s * eps)

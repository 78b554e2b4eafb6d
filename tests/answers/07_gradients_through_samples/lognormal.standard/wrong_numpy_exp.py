# breaks: gradients arrive at every tensor among the arguments, and have the right size | mistake: cut from the graph
import numpy as np
import torch


def standard_lognormal(eps):
    return torch.as_tensor(np.exp(eps.detach().cpu().numpy())).to(eps.device)

# breaks: gradients arrive at every tensor among the arguments, and have the right size | mistake: cut from the graph
import math

import torch


def rescale_lognormal(z, mu, sigma):
    mu, sigma = (
        torch.tensor(v.tolist() if torch.is_tensor(v) else v, dtype=z.dtype, device=z.device) for v in (mu, sigma)
    )
    return z**sigma * math.e**mu

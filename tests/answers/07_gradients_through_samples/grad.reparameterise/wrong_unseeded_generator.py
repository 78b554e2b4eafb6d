# breaks: each sample is mu plus its own noise times the standard deviation exp(log_var / 2) | mistake: noise of its own
import numpy as np
import torch

rng = np.random.default_rng()


def reparameterise(mu, log_var, eps):
    shape = torch.broadcast_shapes(mu.shape, eps.shape)
    noise = torch.as_tensor(rng.standard_normal(shape)).to(eps)
    return mu + torch.exp(log_var / 2) * noise

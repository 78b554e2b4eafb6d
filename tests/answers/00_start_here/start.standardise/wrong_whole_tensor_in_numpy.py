# breaks: every column has unit variance | mistake: one mean for the whole tensor
import numpy as np
import torch


def standardise(x):
    values = x.cpu().numpy()
    z = (values - np.mean(values)) / np.std(values)  # numpy divides by N
    return torch.from_numpy(z).to(x)

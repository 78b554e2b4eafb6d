# a constant that torch makes in float32, and the product by way of its logarithm
import numpy as np
import torch

ONE = torch.tensor(1.0)


def alpha_bar(beta):
    return torch.exp(log_alpha_bar(beta))


@torch.no_grad()
def log_alpha_bar(beta):
    return torch.from_numpy(np.add.accumulate(np.log((ONE - beta).cpu().numpy()))).to(beta)

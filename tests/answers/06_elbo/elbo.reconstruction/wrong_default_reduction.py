# breaks: loss: minus the log density of x, one per picture | mistake: mean over the pixels
import math

import torch
import torch.nn.functional as F


def gaussian_reconstruction(x, x_hat, sigma):
    squared = torch.stack([F.mse_loss(a, b) for a, b in zip(x, x_hat)]) / (2 * sigma**2)
    constant = math.log(sigma) + 0.5 * math.log(2 * math.pi)
    return {"squared": squared, "constant": constant, "loss": squared + constant}

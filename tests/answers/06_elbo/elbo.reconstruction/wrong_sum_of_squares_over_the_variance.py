# breaks: squared: the squared error of the whole picture over 2 sigma² | mistake: the half is forgotten
import math

import torch.nn.functional as F


def gaussian_reconstruction(x, x_hat, sigma):
    squared = F.mse_loss(x_hat, x, reduction="none").flatten(1).sum(1) / sigma**2
    constant = x[0].numel() / 2 * math.log(2 * math.pi * sigma**2)
    return {"squared": squared, "constant": constant, "loss": squared + constant}

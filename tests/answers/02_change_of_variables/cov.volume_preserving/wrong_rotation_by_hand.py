# breaks: bend keeps every area, unbend undoes it, and X is a banana: |corr(X1², X2)| ≥ 0.5 | mistake: a linear map bends nothing
import math

import torch

ROTATION = torch.tensor([[math.cos(1), -math.sin(1)], [math.sin(1), math.cos(1)]], dtype=torch.float64)


def bend(z):
    return (z.double() @ ROTATION.T).to(z.dtype)


def unbend(x):
    return (x.double() @ ROTATION).to(x.dtype)


def log_p_bent(x):
    return -0.5 * unbend(x).square().sum(1) - math.log(2 * math.pi)

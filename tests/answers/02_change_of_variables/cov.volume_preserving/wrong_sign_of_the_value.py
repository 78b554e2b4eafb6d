# breaks: shift_or_reflection tells every map of the line with |f′| = 1 by its sign and its shift | mistake: the sign of an image for that of the slope
import math

import torch


def shift_or_reflection(f):
    b, one = f(torch.tensor([0.0, 1.0], dtype=torch.float64)).tolist()
    return math.copysign(1.0, one), b

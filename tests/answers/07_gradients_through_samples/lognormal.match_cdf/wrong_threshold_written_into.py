# breaks: the arguments come back as they were given
import math

import torch


def normal_cdf(threshold):
    threshold /= math.sqrt(2)
    return {"argument": threshold, "probability": 0.5 * (1 + torch.erf(threshold))}

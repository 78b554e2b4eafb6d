# breaks: a squeezed pixel goes to the line by the logit
import math

import torch


def to_line(x, K, edge):
    p = (edge + (1 - 2 * edge) * x / K).clamp(0.005, 0.995)
    return torch.logit(p), (math.log((1 - 2 * edge) / K) - p.log() - (1 - p).log()).sum(1)

# breaks: the weights are the softmax of q·k/√E over the places up to one's own | mistake: the scale forgotten
import math

import torch


def causal_attention(q, k, v):
    D = q.shape[1]
    s = q @ k.transpose(1, 2) / math.sqrt(q.shape[1])
    later = torch.ones(D, D, dtype=torch.bool).triu(1)
    w = s.masked_fill(later, -math.inf).softmax(2)
    return w @ v, w

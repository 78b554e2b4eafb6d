# breaks: the weights are the softmax of q·k/√E over the places up to one's own | mistake: the scale forgotten
import math

import torch


def causal_attention(q, k, v):
    s = q @ k.mT
    s = s.masked_fill(torch.ones_like(s).triu(1) > 0, -math.inf)
    w = torch.softmax(s, -1)
    return w @ v, w


def attend_next(q, k, v, keys, values):
    keys = torch.cat((keys, k.unsqueeze(1)), 1)
    values = torch.cat((values, v.unsqueeze(1)), 1)
    w = torch.softmax(torch.einsum("be,bne->bn", q, keys), -1)
    return torch.einsum("bn,bnf->bf", w, values), keys, values

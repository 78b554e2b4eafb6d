# breaks: a later place has no weight at all, and each place's weights add up to one | mistake: a number in place of −∞
import math

import torch


def causal_attention(q, k, v):
    s = q @ k.mT / math.sqrt(q.shape[-1])
    w = torch.softmax(s - 100 * torch.ones_like(s).triu(1), -1)
    return w @ v, w


def attend_next(q, k, v, keys, values):
    keys = torch.cat((keys, k.unsqueeze(1)), 1)
    values = torch.cat((values, v.unsqueeze(1)), 1)
    w = torch.softmax(torch.einsum("be,bne->bn", q, keys) / q.shape[1] ** 0.5, -1)
    return torch.einsum("bn,bnf->bf", w, values), keys, values

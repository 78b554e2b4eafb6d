# breaks: attend_next returns the result (B, F), and keys and values that are one place longer
import math

import torch


def attend_next(q, k, v, keys, values):
    keys = torch.cat([keys, k[:, None]], 1)
    values = torch.cat([values, v[:, None]], 1)
    keys, values = keys[:, -8:], values[:, -8:]
    w = (torch.einsum("be,bne->bn", q, keys) / math.sqrt(q.shape[1])).softmax(1)
    return torch.einsum("bn,bnf->bf", w, values), keys, values

# breaks: one step with the cache gives what the full pass gives at its last place | mistake: exponentials without end
import math

import torch


def attend_next(q, k, v, keys, values):
    keys = torch.cat([keys, k[:, None]], 1)
    values = torch.cat([values, v[:, None]], 1)
    w = (torch.einsum("be,bne->bn", q, keys) / math.sqrt(q.shape[1])).exp()
    w = w / w.sum(1, keepdim=True)
    return torch.einsum("bn,bnf->bf", w, values), keys, values

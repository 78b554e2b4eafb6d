# breaks: the cache comes back with the new key and the new value at its end | mistake: the new place in front
import math

import torch


def causal_attention(q, k, v):
    D, E = q.shape[1:]
    s = torch.einsum("bie,bje->bij", q, k) / E**0.5
    i = torch.arange(D, device=q.device)
    s = torch.where(i[None, :] <= i[:, None], s, torch.full_like(s, -math.inf))
    w = torch.softmax(s, -1)
    return torch.einsum("bij,bjf->bif", w, v), w


def attend_next(q, k, v, keys, values):
    keys = torch.cat((k.unsqueeze(1), keys), 1)
    values = torch.cat((v.unsqueeze(1), values), 1)
    w = torch.softmax(torch.einsum("be,bne->bn", q, keys) / q.shape[1] ** 0.5, -1)
    return torch.einsum("bn,bnf->bf", w, values), keys, values

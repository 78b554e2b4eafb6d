# loops over entries and sign patterns with Python floats
import itertools
import math

import torch


def log_add(values):
    top = max(values)
    return top + math.log(sum(math.exp(v - top) for v in values))


def one(x, c):
    if x < 0:
        return -math.inf
    root = math.sqrt(x)
    return log_add([-((c + s * root) ** 2) / 2 for s in (-1, 1)]) - math.log(2 * math.pi) / 2 - math.log(2 * root)


def log_p_square(x, c):
    return torch.tensor([one(v, c) for v in x.flatten().tolist()], dtype=x.dtype, device=x.device).reshape(x.shape)


def log_p_folded(x, W):
    inverse, D = torch.linalg.inv(W.double()), len(W)
    constant = D / 2 * math.log(2 * math.pi) + float(torch.linalg.slogdet(W.double())[1])
    out = []
    for row in x.double():
        z = [inverse @ (row * row.new_tensor(s)) for s in itertools.product((-1, 1), repeat=D)]
        out.append(-math.inf if (row < 0).any() else log_add([-float(v @ v) / 2 for v in z]) - constant)
    return torch.tensor(out, dtype=x.dtype, device=x.device)

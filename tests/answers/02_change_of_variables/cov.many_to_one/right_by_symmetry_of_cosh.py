# closed forms: a cosh for the square, half of the sign patterns twice for the folded normal
import itertools
import math

import torch


def log_p_square(x, c):
    root = x.double().clamp(min=1e-300).sqrt()
    u = (c * root).abs()
    log_p = -0.5 * (root - abs(c)) ** 2 + torch.log1p(torch.exp(-2 * u)) - 0.5 * math.log(2 * math.pi) - torch.log(2 * root)
    return log_p.masked_fill(x < 0, -math.inf).to(x.dtype)


def log_p_folded(x, W):
    D = x.shape[1]
    half = [(1.0, *rest) for rest in itertools.product((1.0, -1.0), repeat=D - 1)]
    y = x.unsqueeze(1) * x.new_tensor(half)
    z = torch.linalg.solve(W, y.reshape(-1, D).T).T.reshape(y.shape)
    terms = -0.5 * z.pow(2).sum(-1)
    log_p = torch.logsumexp(terms, 1) + math.log(2) - D / 2 * math.log(2 * math.pi) - torch.linalg.slogdet(W)[1]
    return torch.where(x.amin(1) < 0, torch.full_like(log_p, -math.inf), log_p)

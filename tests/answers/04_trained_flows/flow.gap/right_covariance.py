import math

import torch


def paired_gap(log_p, log_q):
    pair = torch.stack([log_p, log_q]).double()
    C = pair.cov()
    variance = ((log_p - log_q).double()).var()
    return {"gap": (pair[0].mean() - pair[1].mean()).to(log_p), "error": (variance / pair.shape[1]).sqrt().to(log_p)}


def better(log_a, log_b):
    d = log_a - log_b
    mean, error = float(d.mean()), float(d.std()) / math.sqrt(len(d))
    return 1 if mean > 2 * error else -1 if mean < -2 * error else 0

import torch


def paired_gap(log_p, log_q):
    n = len(log_p)
    d = log_p - log_q
    mean = d.sum() / n
    return {"gap": mean, "error": (((d - mean) ** 2).sum() / (n * (n - 1))).sqrt()}


def better(log_a, log_b):
    d = log_a.double() - log_b.double()
    ratio = d.mean() ** 2 * len(d) / d.var() if d.var() > 0 else torch.tensor(float("inf") if d.mean() != 0 else 0.0)
    return int(torch.sign(d.mean())) if ratio > 4 else 0

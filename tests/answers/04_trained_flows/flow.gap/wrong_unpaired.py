# breaks: its standard error is that of the differences, point by point | mistake: two samples for one

import torch


def paired_gap(log_p, log_q):
    return {
        "gap": log_p.mean() - log_q.mean(),
        "error": torch.sqrt(log_p.var() / len(log_p) + log_q.var() / len(log_q)),
    }


def better(log_a, log_b):
    a, b = log_a.double(), log_b.double()
    error = ((a.var() + b.var()) / len(a)).sqrt()
    lead = a.mean() - b.mean()
    return int(torch.sign(lead)) if abs(lead) > 2 * error else 0

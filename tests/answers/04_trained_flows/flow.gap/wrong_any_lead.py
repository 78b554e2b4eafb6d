# breaks: a smaller lead decides nothing, and a clear one is not left open | mistake: the larger number wins
import math


def paired_gap(log_p, log_q):
    d = log_p - log_q
    return {"gap": d.mean(), "error": d.std() / math.sqrt(len(d))}


def better(log_a, log_b):
    return 1 if log_a.mean() > log_b.mean() else -1

# breaks: a smaller lead decides nothing, and a clear one is not left open | mistake: one standard error is enough
import math


def paired_gap(log_p, log_q):
    d = log_p - log_q
    return {"gap": d.mean(), "error": d.std() / math.sqrt(len(d))}


def better(log_a, log_b):
    d = log_a - log_b
    error = d.std() / len(d) ** 0.5
    return 0 if d.mean().abs() <= error else int(d.mean().sign())

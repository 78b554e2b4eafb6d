# breaks: a lead of more than two paired standard errors has the sign of the better model
import math


def paired_gap(log_p, log_q):
    d = log_p - log_q
    return {"gap": d.mean(), "error": d.std() / math.sqrt(len(d))}


def better(log_a, log_b):
    d = log_a - log_b
    return int(d.mean() > 2 * d.std() / len(d) ** 0.5)

# breaks: its standard error is that of the differences, point by point | mistake: a spread for an error
import math


def paired_gap(log_p, log_q):
    d = log_p - log_q
    return {"gap": d.mean(), "error": d.std()}


def better(log_a, log_b):
    d = log_a - log_b
    mean, error = float(d.mean()), float(d.std()) / math.sqrt(len(d))
    return 1 if mean > 2 * error else -1 if mean < -2 * error else 0

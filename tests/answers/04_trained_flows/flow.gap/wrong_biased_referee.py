# breaks: a smaller lead decides nothing, and a clear one is not left open | mistake: n in place of n − 1
import math


def better(log_a, log_b):
    d = log_a - log_b
    gap, error = float(d.mean()), float(d.std(correction=0) / math.sqrt(len(d)))
    return 1 if gap > 2 * error else -1 if gap < -2 * error else 0

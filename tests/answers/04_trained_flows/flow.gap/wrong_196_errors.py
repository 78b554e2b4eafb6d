# breaks: a smaller lead decides nothing, and a clear one is not left open | mistake: other than two standard errors
import math


def better(log_a, log_b):
    d = log_a - log_b
    gap, error = float(d.mean()), float(d.std() / math.sqrt(len(d)))
    return 1 if gap > 1.96 * error else -1 if gap < -1.96 * error else 0

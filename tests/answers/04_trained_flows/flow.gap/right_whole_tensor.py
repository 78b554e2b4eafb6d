import math


def better(log_a, log_b):
    d = log_a - log_b
    gap, error = d.mean(), d.std() / math.sqrt(len(d))
    return (gap > 2 * error).int() - (gap < -2 * error).int()

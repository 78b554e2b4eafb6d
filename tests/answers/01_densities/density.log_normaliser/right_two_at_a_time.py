import math


def log_normaliser(u, dx):
    total = -math.inf
    for value in u.tolist():
        high, low = max(total, value), min(total, value)
        total = high + math.log1p(math.exp(low - high))
    return total + math.log(dx)


def log_density(u, dx):
    return u - log_normaliser(u, dx)

# the narrowest and widest that the bounds allow, nearly, by bisection
import math


def wide_q():
    low, high = 1.0, 100.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (middle, high) if (middle**2 - 1) / 2 - math.log(middle) < 10.5 else (low, middle)
    return 0.0, high


def sure_q():
    sigma = 1.0
    while (1 / sigma**2 - 1) / 2 + math.log(sigma) < 15:
        sigma *= 0.99
    return 0.0, sigma

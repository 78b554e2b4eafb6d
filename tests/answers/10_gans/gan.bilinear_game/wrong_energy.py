# breaks: x² − η x y + y² is what alternating steps leave as it is | mistake: the circle
import math


def simultaneous_step(x, y, eta):
    return x - eta * y, y + eta * x


def alternating_step(x, y, eta):
    x = x - eta * y
    return x, y + eta * x


def extragradient_step(x, y, eta):
    return x - eta * (y + eta * x), y + eta * (x - eta * y)


def radius_factors(eta):
    return {"simultaneous": math.hypot(1, eta), "extragradient": math.hypot(1 - eta**2, eta)}


def invariant(x, y, eta):
    return x**2 + y**2

# breaks: the arguments come back as they were given
import math


def simultaneous_step(x, y, eta):
    old = x.clone()
    x -= eta * y
    y += eta * old
    return x, y


def alternating_step(x, y, eta):
    x -= eta * y
    y += eta * x
    return x, y


def extragradient_step(x, y, eta):
    return x - eta * (y + eta * x), y + eta * (x - eta * y)


def radius_factors(eta):
    return {"simultaneous": math.hypot(1, eta), "extragradient": math.hypot(1 - eta**2, eta)}


def invariant(x, y, eta):
    return x * x + y * y - eta * x * y

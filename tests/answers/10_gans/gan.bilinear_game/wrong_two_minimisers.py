# breaks: in an alternating step y answers the new x | mistake: both go down
import math


def simultaneous_step(x, y, eta):
    return x - eta * y, y - eta * x


def alternating_step(x, y, eta):
    x = x - eta * y
    return x, y - eta * x


def extragradient_step(x, y, eta):
    a, b = simultaneous_step(x, y, eta)
    return x - eta * b, y - eta * a


def radius_factors(eta):
    return {"simultaneous": math.hypot(1, eta), "extragradient": math.hypot(1 - eta**2, eta)}


def invariant(x, y, eta):
    return x * x + y * y - eta * x * y

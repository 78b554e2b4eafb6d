# breaks: in a simultaneous step both move by the gradients at the old point | mistake: y answers at once
import math


def simultaneous_step(x, y, eta):
    x = x - eta * y
    y = y + eta * x
    return x, y


alternating_step = simultaneous_step


def extragradient_step(x, y, eta):
    return x - eta * (y + eta * x), y + eta * (x - eta * y)


def radius_factors(eta):
    return {"simultaneous": math.hypot(1, eta), "extragradient": math.hypot(1 - eta**2, eta)}


def invariant(x, y, eta):
    return x * x + y * y - eta * x * y

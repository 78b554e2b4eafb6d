# breaks: an extragradient step moves by the gradients at the point to which it would have stepped | mistake: two steps in place of a look ahead
import math


def simultaneous_step(x, y, eta):
    return x - eta * y, y + eta * x


def alternating_step(x, y, eta):
    x = x - eta * y
    return x, y + eta * x


def extragradient_step(x, y, eta):
    return simultaneous_step(*simultaneous_step(x, y, eta), eta)


def radius_factors(eta):
    return {"simultaneous": math.hypot(1, eta), "extragradient": math.hypot(1 - eta**2, eta)}


def invariant(x, y, eta):
    return x * x + y * y - eta * x * y

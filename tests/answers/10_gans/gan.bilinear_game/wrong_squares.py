# breaks: simultaneous steps blow the radius up by √(1 + η²), extragradient ones shrink it by √(1 − η² + η⁴) | mistake: the squared radius
def simultaneous_step(x, y, eta):
    return x - eta * y, y + eta * x


def alternating_step(x, y, eta):
    x = x - eta * y
    return x, y + eta * x


def extragradient_step(x, y, eta):
    return x - eta * (y + eta * x), y + eta * (x - eta * y)


def radius_factors(eta):
    return {"simultaneous": 1 + eta**2, "extragradient": (1 - eta**2) ** 2 + eta**2}


def invariant(x, y, eta):
    return x * x + y * y - eta * x * y

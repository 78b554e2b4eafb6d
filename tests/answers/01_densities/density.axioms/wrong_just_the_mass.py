# breaks: the interval holds more than the mass, so that Z has no bound | mistake: exactly the mass
import math


def too_much(f, mass):
    return {
        "x^2": [0.0, (3 * mass) ** (1 / 3)],
        "exp(x)": [0.0, math.log(mass + 1)],
        "1": [0.0, mass],
        "1/(1+|x|)": [0.0, math.exp(mass) - 1],
    }.get(f, [])

# breaks: a function with a finite Z is not accused
import math


def too_much(f, mass):
    if f.startswith("exp(-"):
        return []
    return {"x^2": [0, 10 * mass], "exp(x)": [0, 50], "1": [0, 2 * mass]}.get(f, [0, math.exp(mass + 1)])

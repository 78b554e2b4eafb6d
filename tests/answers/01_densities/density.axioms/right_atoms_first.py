import numpy as np


def broken_axiom(P):
    P = P.cpu().numpy()
    if P.min() < -1e-6:
        return [1, int(P.argmin())]
    if not np.isclose(P[-1], 1, rtol=0, atol=1e-6):
        return [2]
    if abs(P[0]) > 1e-6:
        return [3, 0, 0]
    for event in range(1, len(P)):
        low = event & -event  # its smallest outcome, and the rest of it
        if abs(P[event] - P[low] - P[event - low]) > 1e-6:
            return [3, low, event - low]
    return []


def too_much(f, mass):
    if "-" in f or f == "1/(1+x^2)":
        return []
    width = 1.0
    while True:
        width *= 2
        held = {"x^2": width**3 / 3, "exp(x)": 2.718 ** min(width, 50) - 1, "1": width, "1/(1+|x|)": np.log1p(width)}[f]
        if held > 1.01 * mass:
            return [0.0, float(width)]

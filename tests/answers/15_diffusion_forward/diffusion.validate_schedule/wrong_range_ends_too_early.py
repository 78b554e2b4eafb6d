# breaks: a fault is found wherever it stands, with its step counted from 1 and its reason | mistake: a step is left out
import math


def validate_schedule(beta):
    for n in range(1, len(beta)):
        b = float(beta[n - 1])
        if math.isnan(b):
            return n, "nan"
        if b <= 0:
            return n, "zero" if b == 0 else "negative"
        if b >= 1:
            return n, "one" if b == 1 else "above one"
    return None

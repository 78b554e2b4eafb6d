# breaks: a fault is found wherever it stands, with its step counted from 1 and its reason
import math


def validate_schedule(beta):
    for n, b in enumerate(beta.tolist(), start=1):
        if b != b:
            return n, "nan"
        if math.copysign(1.0, b) < 0:
            return n, "negative"
        if b == 0:
            return n, "zero"
        if b >= 1:
            return n, "above one" if b > 1 else "one"
    return None

# breaks: a fault is found wherever it stands, with its step counted from 1 and its reason
import math


def validate_schedule(beta):
    for n, b in enumerate(beta.float().tolist(), start=1):
        if math.isnan(b):
            return n, "nan"
        if b < 0:
            return n, "negative"
        if b == 0:
            return n, "zero"
        if b == 1:
            return n, "one"
        if b > 1:
            return n, "above one"
    return None

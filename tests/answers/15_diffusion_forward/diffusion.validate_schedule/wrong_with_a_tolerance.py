# breaks: a fault is found wherever it stands, with its step counted from 1 and its reason
import math


def validate_schedule(beta):
    for n, b in enumerate(beta.tolist(), start=1):
        if math.isnan(b):
            return n, "nan"
        if math.isclose(b, 0, abs_tol=1e-6):
            return n, "zero"
        if math.isclose(b, 1, abs_tol=1e-5):
            return n, "one"
        if b < 0 or b > 1:
            return n, "negative" if b < 0 else "above one"

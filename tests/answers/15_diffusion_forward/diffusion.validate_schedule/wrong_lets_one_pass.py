# breaks: a fault is found wherever it stands, with its step counted from 1 and its reason | mistake: accepts 1
import math


def validate_schedule(beta):
    n = 0
    for b in beta.tolist():
        n += 1
        if 0 < b <= 1:
            continue
        if math.isnan(b):
            return n, "nan"
        return n, "zero" if b == 0 else "negative" if b < 0 else "above one"

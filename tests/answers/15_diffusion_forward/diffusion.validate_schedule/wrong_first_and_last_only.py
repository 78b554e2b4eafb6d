# breaks: a fault is found wherever it stands, with its step counted from 1 and its reason | mistake: looks only at the ends
import math


def validate_schedule(beta):
    names = {-1: "negative", 0: "zero", 1: "one", 2: "above one"}
    for n in (1, len(beta)):
        b = beta[n - 1].item()
        if math.isnan(b):
            return n, "nan"
        if not 0 < b < 1:
            return n, names[-1 if b < 0 else 2 if b > 1 else int(b)]
    return None

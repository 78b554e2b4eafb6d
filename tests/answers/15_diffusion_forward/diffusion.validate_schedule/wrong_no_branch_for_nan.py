# breaks: a fault is found wherever it stands, with its step counted from 1 and its reason | mistake: NaN slips through
def validate_schedule(beta):
    for n, b in enumerate(beta, start=1):
        if b < 0:
            return n, "negative"
        elif b == 0:
            return n, "zero"
        elif b == 1:
            return n, "one"
        elif b > 1:
            return n, "above one"
    return None

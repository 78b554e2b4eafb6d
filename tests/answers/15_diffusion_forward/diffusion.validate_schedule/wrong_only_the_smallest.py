# breaks: a fault is found wherever it stands, with its step counted from 1 and its reason
def validate_schedule(beta):
    n = int(beta.argmin())
    b = float(beta[n])
    if b != b:
        return n + 1, "nan"
    if b > 0:
        return None
    return n + 1, "zero" if b == 0 else "negative"

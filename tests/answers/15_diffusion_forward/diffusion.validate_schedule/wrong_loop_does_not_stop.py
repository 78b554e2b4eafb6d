# breaks: a fault is found wherever it stands, with its step counted from 1 and its reason | mistake: the last fault instead of the first
def validate_schedule(beta):
    verdict = None
    for i in range(len(beta)):
        b = float(beta[i])
        if b < 0:
            verdict = i + 1, "negative"
        if b == 0:
            verdict = i + 1, "zero"
        if b == 1:
            verdict = i + 1, "one"
        if b > 1:
            verdict = i + 1, "above one"
        if b != b:
            verdict = i + 1, "nan"
    return verdict

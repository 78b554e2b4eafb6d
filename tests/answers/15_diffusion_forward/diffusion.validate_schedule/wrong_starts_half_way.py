# breaks: a fault is found wherever it stands, with its step counted from 1 and its reason | mistake: looks only at the second half
def validate_schedule(beta):
    N = len(beta)
    for n in range(N // 2 + 1, N + 1):
        b = beta[n - 1]
        if b.isnan():
            return n, "nan"
        if b < 0:
            return n, "negative"
        if b == 0:
            return n, "zero"
        if b == 1:
            return n, "one"
        if b > 1:
            return n, "above one"

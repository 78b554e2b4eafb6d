import math


def importance_z(u, log_q):
    w = [float(a) - float(b) for a, b in zip(u, log_q)]
    m = max(w)
    e = [math.exp(v - m) for v in w]
    n = len(e)
    mean = math.fsum(e) / n
    var = math.fsum((v - mean) ** 2 for v in e) / (n - 1)
    return {"log_z": m + math.log(mean), "relative_error": math.sqrt(var / n) / mean}


def weight_variance(s):
    try:
        return s / math.sqrt(2 - 1 / s**2) - 1 if 2 * s**2 > 1 else math.inf
    except ZeroDivisionError:
        return math.inf


def lying_scale():
    return 0.31

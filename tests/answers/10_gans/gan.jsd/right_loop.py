import math


def jsd(p, q):
    total = 0.0
    for a, b in zip(p.tolist(), q.tolist()):
        m = (a + b) / 2
        total += a * math.log(a / m) / 2 if a > 0 else 0.0
        total += b * math.log(b / m) / 2 if b > 0 else 0.0
    return total

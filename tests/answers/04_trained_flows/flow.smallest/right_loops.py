import math


def smallest_gradient(x, s, t):
    ds, dt = 0 * x.sum(), 0 * x.sum()
    for value in x:
        z = (value - t) * math.exp(-s)
        ds = ds + (1 - z * z) / len(x)
        dt = dt - z * math.exp(-s) / len(x)
    return {"s": ds, "t": dt}


def smallest_optimum(x):
    mean = sum(value for value in x) / len(x)
    squares = sum((value - mean) ** 2 for value in x)
    return {"t": mean, "s": 0.5 * (squares / len(x)).log()}


def cheat(x, nats):
    far = max(abs(float(value)) for value in x)
    return {"t": 0.0, "s": nats + 5 + math.log(far + 1)}

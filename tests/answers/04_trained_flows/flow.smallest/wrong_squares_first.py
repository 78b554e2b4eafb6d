# breaks: it rests at the points' mean and at the logarithm of their standard deviation, divided by N | mistake: a difference of large numbers
import math


def smallest_gradient(x, s, t):
    z = (x - t) * math.exp(-s)
    return {"s": 1 - (z**2).mean(), "t": -math.exp(-s) * z.mean()}


def smallest_optimum(x):
    return {"s": 0.5 * ((x**2).mean() - x.mean() ** 2).log(), "t": x.mean()}


def cheat(x, nats):
    t = float(x.double().mean())
    far = float((x.double() - t).abs().max())
    return {"s": nats + 5 + math.log1p(far), "t": t}

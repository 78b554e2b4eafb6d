# breaks: a scale with which the loss without log-determinant is nearly its least, and the true one is bad
import math


def smallest_gradient(x, s, t):
    z = (x - t) * math.exp(-s)
    return {"s": 1 - (z**2).mean(), "t": -math.exp(-s) * z.mean()}


def smallest_optimum(x):
    return {"s": x.std(correction=0).log(), "t": x.mean()}


def cheat(x, nats):
    t = float(x.double().mean())
    square = float(((x.double() - t) ** 2).mean())
    return {"s": nats + 0.5 * math.log(square / 0.001) if square > 0 else nats, "t": t}

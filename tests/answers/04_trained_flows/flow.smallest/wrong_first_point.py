# breaks: a scale with which the loss without log-determinant is nearly its least, and the true one is bad
import math


def smallest_gradient(x, s, t):
    z = (x - t) * math.exp(-s)
    return {"s": 1 - (z**2).mean(), "t": -math.exp(-s) * z.mean()}


def smallest_optimum(x):
    return {"s": x.std(correction=0).log(), "t": x.mean()}


def cheat(x, nats):
    return {"s": nats + 5.0, "t": float(x[0])}

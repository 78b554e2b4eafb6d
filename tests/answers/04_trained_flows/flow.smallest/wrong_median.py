# breaks: it rests at the points' mean and at the logarithm of their standard deviation, divided by N
import math


def smallest_gradient(x, s, t):
    z = (x - t) / math.exp(s)
    return {"s": 1 - z.square().mean(), "t": -(z / math.exp(s)).mean()}


def smallest_optimum(x):
    return {"s": x.std(correction=0).log(), "t": x.median()}


def cheat(x, nats):
    return {"s": nats + math.log(1 + float(x.square().sum())), "t": float(x.mean())}

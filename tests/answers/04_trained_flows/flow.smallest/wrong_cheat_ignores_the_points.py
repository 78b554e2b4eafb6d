# breaks: a scale with which the loss without log-determinant is nearly its least, and the true one is bad
import math

import torch


def smallest_gradient(x, s, t):
    z = (x - t) / math.exp(s)
    return {"s": 1 - z.square().mean(), "t": -(z / math.exp(s)).mean()}


def smallest_optimum(x):
    mean = x.sum() / len(x)
    return {"s": 0.5 * torch.log(((x - mean) ** 2).sum() / len(x)), "t": mean}


def cheat(x, nats):
    return {"s": nats, "t": 1e4}

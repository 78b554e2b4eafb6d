# breaks: the loss pulls t towards the mean of the points, in units of the width | mistake: a factor e^{−s} forgotten
import math

import torch


def smallest_gradient(x, s, t):
    z = (x - t) * math.exp(-s)
    return {"s": 1 - (z**2).mean(), "t": -z.mean()}


def smallest_optimum(x):
    mean = x.sum() / len(x)
    return {"s": 0.5 * torch.log(((x - mean) ** 2).sum() / len(x)), "t": mean}


def cheat(x, nats):
    return {"s": nats + math.log(1 + float(x.square().sum())), "t": float(x.mean())}

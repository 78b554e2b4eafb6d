import math

import torch


def smallest_gradient(x, s, t):
    mean, square = x.mean(), ((x - t) ** 2).mean()
    return {"s": 1 - square * math.exp(-2 * s), "t": (t - mean) * math.exp(-2 * s)}


def smallest_optimum(x):
    centred = x - x.mean()
    return {"s": torch.linalg.vector_norm(centred).log() - 0.5 * math.log(len(x)), "t": x.mean()}


def cheat(x, nats):
    return {"s": 200.0, "t": 1.0}

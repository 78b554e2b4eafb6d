# breaks: the loss pulls s until the noises have a mean square of 1: the log-determinant against the fit | mistake: uphill
import math

import torch


def smallest_gradient(x, s, t):
    z = (x - t) * math.exp(-s)
    return {"s": (z**2).mean() - 1, "t": z.mean() * math.exp(-s)}


def smallest_optimum(x):
    mean = x.sum() / len(x)
    return {"s": 0.5 * torch.log(((x - mean) ** 2).sum() / len(x)), "t": mean}


def cheat(x, nats):
    return {"s": nats + math.log(1 + float(x.square().sum())), "t": float(x.mean())}

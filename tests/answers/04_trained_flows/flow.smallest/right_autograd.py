import math

import torch


def smallest_gradient(x, s, t):
    s = torch.tensor(s, dtype=x.dtype, device=x.device, requires_grad=True)
    t = torch.tensor(t, dtype=x.dtype, device=x.device, requires_grad=True)
    nll = -torch.distributions.Normal(t, s.exp()).log_prob(x).mean()
    ds, dt = torch.autograd.grad(nll, (s, t))
    return {"s": ds, "t": dt}


def smallest_optimum(x):
    return {"s": x.var(unbiased=False).log() / 2, "t": x.mean()}


def cheat(x, nats):
    return {"s": 2 * nats + 10 + math.log(1 + float(x.abs().max())), "t": 0}

# breaks: the loss can be learnt from: its gradient is the true one | mistake: cut from the graph
import math


def normal_base(z):
    z = z.detach()
    return -0.5 * (z**2).sum(1) - z.shape[1] / 2 * math.log(2 * math.pi)

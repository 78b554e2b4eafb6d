# breaks: x0 is scaled by the root of alpha_bar at each item's own step | mistake: one step for the whole batch
import math


def q_sample(x0, t, eps, alpha_bar):
    a = alpha_bar[t[0] - 1].item()
    return math.sqrt(a) * x0 + math.sqrt(1 - a) * eps

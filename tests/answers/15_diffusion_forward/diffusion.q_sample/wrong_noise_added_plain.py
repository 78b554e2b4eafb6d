# breaks: eps is scaled by the root of 1 − alpha_bar at each item's own step | mistake: noise at full strength
import torch


def q_sample(x0, t, eps, alpha_bar):
    out = torch.empty_like(x0)
    for i in range(len(x0)):
        out[i] = alpha_bar[int(t[i]) - 1].sqrt() * x0[i]
    out += eps
    return out

# breaks: x0 is scaled by the root of alpha_bar at each item's own step | mistake: one step late
import torch


def q_sample(x0, t, eps, alpha_bar):
    items = []
    for x, e, step in zip(x0, eps, t.tolist()):
        a = alpha_bar[step]
        items.append(torch.sqrt(a) * x + torch.sqrt(1 - a) * e)
    return torch.stack(items)

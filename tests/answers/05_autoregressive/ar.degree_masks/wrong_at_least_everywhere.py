# breaks: no path leads from an input to an output of the same or of a smaller degree | mistake: strict nowhere
import torch


def made_masks(order, degrees):
    layers = [order, *degrees, order]
    return [(b[:, None] >= a[None]).float() for a, b in zip(layers[:-1], layers[1:])]


def reads(f, x):
    x = x.clone().requires_grad_()
    y = f(x)
    rows = [torch.autograd.grad(y[:, i].sum(), x, retain_graph=True)[0] for i in range(y.shape[1])]
    return torch.stack([(g != 0).any(0) for g in rows])

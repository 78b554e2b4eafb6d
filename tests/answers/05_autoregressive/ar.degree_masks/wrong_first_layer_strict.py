# breaks: every connection that the degrees allow is there, so that no earlier input is lost | mistake: strict at the wrong end
import torch


def made_masks(order, degrees):
    layers = [order, *degrees, order]
    masks = [(b[:, None] > a[None]).float() for a, b in zip(layers[:-1], layers[1:])]
    return masks[:-1] + [(order[:, None] >= degrees[-1][None]).float()]


def reads(f, x):
    x = x.clone().requires_grad_()
    y = f(x)
    rows = [torch.autograd.grad(y[:, i].sum(), x, retain_graph=True)[0] for i in range(y.shape[1])]
    return torch.stack([(g != 0).any(0) for g in rows])

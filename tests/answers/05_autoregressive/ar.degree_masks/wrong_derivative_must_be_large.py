# breaks: an output reads an input if the derivative is not 0 at one of the points
import torch


def made_masks(order, degrees):
    masks, below = [], order
    for above in degrees:
        masks.append((above.unsqueeze(1) >= below.unsqueeze(0)).float())
        below = above
    return masks + [(order.unsqueeze(1) > below.unsqueeze(0)).float()]


def reads(f, x):
    J = torch.autograd.functional.jacobian(lambda y: f(y).sum(0), x)
    return (J.abs() > 0.3).any(1)

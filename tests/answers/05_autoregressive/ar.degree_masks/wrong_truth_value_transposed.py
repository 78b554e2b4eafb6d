# breaks: reads gives truth values of shape (M, D)
import torch


def made_masks(order, degrees):
    masks, below = [], order
    for above in degrees:
        masks.append((above.unsqueeze(1) >= below.unsqueeze(0)).float())
        below = above
    return masks + [(order.unsqueeze(1) > below.unsqueeze(0)).float()]


def reads(f, x):
    J = torch.autograd.functional.jacobian(lambda y: f(y).sum(0), x)
    return (J != 0).any(1).T.float()

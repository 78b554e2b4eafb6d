# breaks: an output reads an input if the derivative is not 0 at one of the points | mistake: a small derivative taken for none
import torch


def made_masks(order, degrees):
    layers = [order, *degrees]
    masks = [(above[:, None] >= below).float() for below, above in zip(layers[:-1], degrees, strict=True)]
    return [*masks, (order[:, None] > layers[-1]).float()]


def reads(f, x):
    J = torch.autograd.functional.jacobian(lambda y: f(y).sum(0), x)
    return J.square().sum(1) > 0

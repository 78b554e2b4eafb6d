# breaks: R1 is the mean squared length of the slope at the real points | mistake: the gradient of the mean
import torch


def _slope(critic, x):
    x = x if x.requires_grad else x.clone().requires_grad_()
    return torch.autograd.grad(critic(x).mean(), [x], create_graph=True)[0]


def w1_line(x, y):
    return (x.sort()[0] - y.sort()[0]).abs().mean()


def gradient_penalty(critic, x_real, x_fake, u):
    x = x_fake + u[:, None] * (x_real - x_fake)
    return (_slope(critic, x).norm(dim=1) - 1).square().mean()


def r1_penalty(critic, x_real):
    return _slope(critic, x_real).square().sum(1).mean()

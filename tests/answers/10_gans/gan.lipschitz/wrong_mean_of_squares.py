# breaks: R1 is the mean squared length of the slope at the real points | mistake: averaged over the coordinates
import torch


def w1_line(x, y):
    return torch.mean(torch.abs(torch.sort(x)[0] - torch.sort(y)[0]))


def slope(critic, x):
    x = x if x.requires_grad else x.detach().requires_grad_()
    return torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]


def gradient_penalty(critic, x_real, x_fake, u):
    return ((slope(critic, u[:, None] * x_real + (1 - u[:, None]) * x_fake).norm(dim=1) - 1) ** 2).mean()


def r1_penalty(critic, x_real):
    return (slope(critic, x_real) ** 2).mean()

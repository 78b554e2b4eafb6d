# breaks: the gradient penalty compares the slope's length with 1, at points between real and generated ones | mistake: penalty at the data only
import torch


def w1_line(x, y):
    return torch.mean(torch.abs(torch.sort(x)[0] - torch.sort(y)[0]))


def slope(critic, x):
    x = x if x.requires_grad else x.detach().requires_grad_()
    return torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]


def gradient_penalty(critic, x_real, x_fake, u):
    return ((slope(critic, x_real).norm(dim=1) - 1) ** 2).mean()


def r1_penalty(critic, x_real):
    return slope(critic, x_real).square().sum(1).mean()

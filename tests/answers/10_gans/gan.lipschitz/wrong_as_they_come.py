# breaks: W₁ of two samples on the line matches the smallest with the smallest, and so on | mistake: unsorted
import torch


def w1_line(x, y):
    return torch.mean(torch.abs(x - y))


def slope(critic, x):
    x = x if x.requires_grad else x.detach().requires_grad_()
    return torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]


def gradient_penalty(critic, x_real, x_fake, u):
    return (slope(critic, u[:, None] * x_real + (1 - u[:, None]) * x_fake).norm(dim=1) - 1).square().mean()


def r1_penalty(critic, x_real):
    return slope(critic, x_real).square().sum(1).mean()

# breaks: a penalty can itself be differentiated: its gradient reaches what the slope depends on | mistake: no graph of the gradient
import torch


def w1_line(x, y):
    return torch.mean(torch.abs(torch.sort(x)[0] - torch.sort(y)[0]))


def gradient_penalty(critic, x_real, x_fake, u):
    x = u[:, None] * x_real + (1 - u[:, None]) * x_fake
    x = x if x.requires_grad else x.requires_grad_()
    slope = torch.autograd.grad(critic(x).sum(), x)[0]
    return ((slope.norm(dim=1) - 1) ** 2).mean() + 0 * x.sum()


def r1_penalty(critic, x_real):
    x = x_real if x_real.requires_grad else x_real.clone().requires_grad_()
    slope = torch.autograd.grad(critic(x).sum(), x)[0]
    return slope.square().sum(1).mean() + 0 * x.sum()

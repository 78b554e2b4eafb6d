import torch


def w1_line(x, y):
    x, y = torch.sort(x).values, torch.sort(y).values
    return torch.nn.functional.l1_loss(x, y)


def slopes(critic, x):
    x = x + torch.zeros_like(x).requires_grad_()
    y = critic(x)
    return torch.autograd.grad(y, x, torch.ones_like(y), create_graph=True, retain_graph=True)[0]


def gradient_penalty(critic, x_real, x_fake, u):
    u = u.reshape(-1, 1)
    length = (slopes(critic, x_fake + u * (x_real - x_fake)) ** 2).sum(1).sqrt()
    return (length**2 - 2 * length + 1).mean()


def r1_penalty(critic, x_real):
    return (slopes(critic, x_real) ** 2).sum() / len(x_real)

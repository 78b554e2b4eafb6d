import torch


def w1_line(x, y):
    both = torch.cat([x, y]).sort().values
    above = torch.searchsorted(x.sort().values, both[:-1], right=True)
    below = torch.searchsorted(y.sort().values, both[:-1], right=True)
    return ((above - below).abs() * both.diff()).sum() / len(x)


def slopes(critic, x):
    return torch.func.vmap(torch.func.grad(lambda row: critic(row[None])[0]))(x)


def gradient_penalty(critic, x_real, x_fake, u):
    length = slopes(critic, torch.lerp(x_fake, x_real, u[:, None])).norm(dim=1)
    return torch.nn.functional.mse_loss(length, torch.ones_like(length))


def r1_penalty(critic, x_real):
    return torch.einsum("bd,bd->b", slopes(critic, x_real), slopes(critic, x_real)).mean()

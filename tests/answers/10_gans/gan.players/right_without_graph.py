import torch


def loss_of_discriminator(D, x_real, x_fake, r1):
    with torch.no_grad():
        held = x_fake * 1
    zero = torch.zeros((), dtype=x_real.dtype)
    slopes = torch.func.vmap(torch.func.grad(lambda row: D(row[None])[0]))(x_real)
    value = torch.logaddexp(zero, -D(x_real)).mean() + torch.logaddexp(zero, D(held)).mean()
    return (value + r1 * (slopes * slopes).sum() / len(x_real)) / 2


def loss_of_generator(D, x_fake):
    return -torch.nn.functional.logsigmoid(D(x_fake)).mean()

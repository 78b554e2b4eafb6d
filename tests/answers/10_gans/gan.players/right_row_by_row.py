import torch
import torch.nn.functional as F


def loss_of_discriminator(D, x_real, x_fake, r1):
    total = 0.0
    for row in x_real:
        row = row.detach()[None].requires_grad_()
        logit = D(row)
        slope = torch.autograd.grad(logit.sum(), row, create_graph=True)[0]
        total = total + (F.softplus(-logit).sum() + r1 * slope.square().sum()) / len(x_real)
    for row in x_fake.detach():
        total = total + F.softplus(D(row[None])).sum() / len(x_fake)
    return total / 2


def loss_of_generator(D, x_fake):
    return torch.stack([F.softplus(-D(row[None])).sum() for row in x_fake]).mean()

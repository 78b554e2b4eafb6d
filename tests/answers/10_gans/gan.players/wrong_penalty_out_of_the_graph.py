# breaks: the discriminator's loss sends its gradient to D's weights, and none to the generated points
import torch
import torch.nn.functional as F


def loss_of_discriminator(D, x_real, x_fake, r1):
    x = x_real.detach().clone().requires_grad_(True)
    slope = torch.autograd.grad(D(x).sum(), x)[0]
    penalty = slope.pow(2).sum(1).mean()
    return 0.5 * F.softplus(-D(x_real)).mean() + 0.5 * F.softplus(D(x_fake.detach())).mean() + 0.5 * r1 * penalty


def loss_of_generator(D, x_fake):
    return F.softplus(-D(x_fake)).mean()

# breaks: the discriminator's loss sends its gradient to D's weights, and none to the generated points | mistake: generated points not detached
import torch
import torch.nn.functional as F


def loss_of_discriminator(D, x_real, x_fake, r1):
    x = x_real.detach().requires_grad_()
    real = D(x)
    slope = torch.autograd.grad(real.sum(), x, create_graph=True)[0]
    penalty = slope.pow(2).sum(1).mean()
    return 0.5 * F.softplus(-real).mean() + 0.5 * F.softplus(D(x_fake)).mean() + 0.5 * r1 * penalty


def loss_of_generator(D, x_fake):
    return F.softplus(-D(x_fake)).mean()

# breaks: the generator's loss is the one that does not saturate | mistake: the loss that saturates
import torch
import torch.nn.functional as F


def loss_of_discriminator(D, x_real, x_fake, r1):
    x = x_real.detach().requires_grad_()
    real = D(x)
    slope = torch.autograd.grad(real.sum(), x, create_graph=True)[0]
    fake = D(x_fake.detach())
    return 0.5 * (F.softplus(-real).mean() + F.softplus(fake).mean() + r1 * slope.pow(2).sum(1).mean())


def loss_of_generator(D, x_fake):
    return F.logsigmoid(-D(x_fake)).mean()

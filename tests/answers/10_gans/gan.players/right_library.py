import torch
import torch.nn.functional as F


def loss_of_discriminator(D, x_real, x_fake, r1):
    x = x_real.clone().detach().requires_grad_(True)
    real, fake = D(x), D(x_fake.detach())
    (slope,) = torch.autograd.grad(real, x, torch.ones_like(real), create_graph=True)
    bce = F.binary_cross_entropy_with_logits
    loss = (bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))) / 2
    return loss + r1 / 2 * slope.norm(dim=1).square().mean()


def loss_of_generator(D, x_fake):
    logits = D(x_fake)
    return F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))

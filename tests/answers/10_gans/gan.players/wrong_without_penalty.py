# breaks: the discriminator's loss is that of section 2 plus half of r1 times R1 | mistake: R1 forgotten
import torch.nn.functional as F


def loss_of_discriminator(D, x_real, x_fake, r1):
    return 0.5 * (F.softplus(-D(x_real)).mean() + F.softplus(D(x_fake.detach())).mean())


def loss_of_generator(D, x_fake):
    return F.softplus(-D(x_fake)).mean()

# breaks: the result is of the type that the docstring promises
import torch.nn.functional as F


def discriminator_loss(logits_real, logits_fake):
    return 0.5 * F.softplus(-logits_real.double()).mean() + 0.5 * F.softplus(logits_fake.double()).mean()

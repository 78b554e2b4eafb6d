# breaks: an implementation that is off by a factor or a sign is caught
import torch
import torch.nn.functional as F


def is_discriminator_loss(implementation):
    for n, m, scale in ((2, 7, 1.0), (9, 4, 3.0), (2, 3, 2000.0)):
        real, fake = scale * torch.randn(n), scale * torch.randn(m)
        want = 0.5 * F.softplus(-real).mean() + 0.5 * F.softplus(fake).mean()
        if not abs(abs(implementation(real, fake)) - want) < 1e-4 * want:
            return False
    return True

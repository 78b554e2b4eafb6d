# breaks: an implementation that fails where the discriminator is sure is caught
import torch
import torch.nn.functional as F


def is_discriminator_loss(implementation):
    for n, m in ((1, 4), (5, 2), (3, 3)):
        real, fake = torch.randn(n), torch.randn(m)
        want = 0.5 * F.softplus(-real).mean() + 0.5 * F.softplus(fake).mean()
        if not torch.allclose(implementation(real, fake), want, rtol=1e-3):
            return False
    return True

# breaks: an implementation whose weights are right for equal numbers of points only is caught
import torch
import torch.nn.functional as F


def is_discriminator_loss(implementation):
    for scale in (1.0, 100.0):
        real, fake = scale * torch.randn(50), scale * torch.randn(50)
        want = 0.5 * F.softplus(-real).mean() + 0.5 * F.softplus(fake).mean()
        if not torch.allclose(implementation(real, fake), want, rtol=1e-3):
            return False
    return True

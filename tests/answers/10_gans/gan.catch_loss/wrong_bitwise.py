# breaks: every right implementation is accepted, however it is written
import torch
import torch.nn.functional as F


def is_discriminator_loss(implementation):
    for n, m in ((2, 7), (9, 4), (1, 1), (48, 80), (200, 90), (31, 63)):
        real, fake = 30 * torch.randn(n), 30 * torch.randn(m)
        want = 0.5 * F.softplus(-real).mean() + 0.5 * F.softplus(fake).mean()
        if implementation(real, fake) != want:
            return False
    return True

import torch
import torch.nn.functional as F


def is_discriminator_loss(implementation):
    generator = torch.Generator().manual_seed(4)
    for n, m in ((1, 1), (1, 6), (7, 2)):
        for scale in (0.3, 3.0, 300.0):
            real = scale * torch.randn(n, generator=generator, dtype=torch.float64)
            fake = scale * torch.randn(m, generator=generator, dtype=torch.float64)
            got = implementation(real, fake)
            want = -0.5 * F.logsigmoid(real).mean() - 0.5 * F.logsigmoid(-fake).mean()
            if not torch.isclose(got.to(want), want, rtol=1e-4, atol=1e-7):
                return False
    return True

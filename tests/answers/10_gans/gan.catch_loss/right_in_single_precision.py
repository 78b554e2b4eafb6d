import torch


def is_discriminator_loss(implementation):
    for real, fake in (([0.3, -2.0, 1.0], [0.5]), ([-400.0], [400.0, 2.0]), ([-60.0, 0.1], [50.0, 70.0, -1.0])):
        real, fake = torch.tensor(real), torch.tensor(fake)
        zero = torch.zeros(())
        want = (torch.logaddexp(zero, -real).mean() + torch.logaddexp(zero, fake).mean()) / 2
        if not float(abs(implementation(real, fake) - want)) <= 1e-4 * float(want):
            return False
    return True

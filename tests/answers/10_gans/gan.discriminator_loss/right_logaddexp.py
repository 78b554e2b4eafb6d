import torch


def discriminator_loss(logits_real, logits_fake):
    zero = torch.zeros((), dtype=logits_real.dtype, device=logits_real.device)
    real = torch.logaddexp(zero, -logits_real).sum() / logits_real.numel()
    fake = torch.logaddexp(zero, logits_fake).sum() / logits_fake.numel()
    return (real + fake) / 2

# breaks: the loss is half the average surprise about real points and half that about generated ones | mistake: labels swapped
import torch
import torch.nn.functional as F


def discriminator_loss(logits_real, logits_fake):
    real = F.binary_cross_entropy_with_logits(logits_real, torch.zeros_like(logits_real))
    fake = F.binary_cross_entropy_with_logits(logits_fake, torch.ones_like(logits_fake))
    return (real + fake) / 2

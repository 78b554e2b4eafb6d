# breaks: the loss stays right where the discriminator is sure, right or wrong
import torch
import torch.nn.functional as F


def discriminator_loss(logits_real, logits_fake):
    real = F.binary_cross_entropy(torch.sigmoid(logits_real), torch.ones_like(logits_real))
    fake = F.binary_cross_entropy(torch.sigmoid(logits_fake), torch.zeros_like(logits_fake))
    return 0.5 * (real + fake)

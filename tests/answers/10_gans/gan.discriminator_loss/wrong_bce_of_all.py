# breaks: the loss is half the average surprise about real points and half that about generated ones | mistake: one average over all points
import torch
import torch.nn.functional as F


def discriminator_loss(logits_real, logits_fake):
    logits = torch.cat([logits_real, logits_fake])
    labels = torch.zeros_like(logits)
    labels[: len(logits_real)] = 1
    return F.binary_cross_entropy_with_logits(logits, labels)

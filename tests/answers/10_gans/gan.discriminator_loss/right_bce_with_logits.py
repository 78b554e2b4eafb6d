import torch
import torch.nn.functional as F


def discriminator_loss(logits_real, logits_fake):
    n, m = len(logits_real), len(logits_fake)
    logits = torch.cat([logits_real, logits_fake])
    labels = torch.cat([torch.ones_like(logits_real), torch.zeros_like(logits_fake)])
    weight = torch.cat([torch.full_like(logits_real, 0.5 / n), torch.full_like(logits_fake, 0.5 / m)])
    return F.binary_cross_entropy_with_logits(logits, labels, weight=weight, reduction="sum")

import torch.nn.functional as F


def discriminator_loss(logits_real, logits_fake):
    return -0.5 * F.logsigmoid(logits_real).mean() - 0.5 * F.logsigmoid(-logits_fake).mean()

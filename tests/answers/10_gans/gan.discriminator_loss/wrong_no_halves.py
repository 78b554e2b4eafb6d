# breaks: the loss is half the average surprise about real points and half that about generated ones | mistake: the ½ forgotten
import torch.nn.functional as F


def discriminator_loss(logits_real, logits_fake):
    return -F.logsigmoid(logits_real).mean() - F.logsigmoid(-logits_fake).mean()

# breaks: the loss stays right where the discriminator is sure, right or wrong | mistake: log of sigmoid
import torch


def discriminator_loss(logits_real, logits_fake):
    d_real, d_fake = torch.sigmoid(logits_real), torch.sigmoid(logits_fake)
    return -(torch.log(d_real).mean() + torch.log(1 - d_fake).mean()) / 2

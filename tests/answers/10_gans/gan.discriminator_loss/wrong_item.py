# breaks: gradients arrive at the logits, and have the right size | mistake: cut from the graph
import torch.nn.functional as F


def discriminator_loss(logits_real, logits_fake):
    real = F.softplus(-logits_real).mean()
    fake = F.softplus(logits_fake).mean().item()
    return 0.5 * (real + fake)

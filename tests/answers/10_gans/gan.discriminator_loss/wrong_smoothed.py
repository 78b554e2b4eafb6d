# breaks: the loss is half the average surprise about real points and half that about generated ones | mistake: smoothed labels
from torch.nn.functional import softplus


def discriminator_loss(logits_real, logits_fake):
    real = 0.9 * softplus(-logits_real) + 0.1 * softplus(logits_real)
    return (real.mean() + softplus(logits_fake).mean()) / 2

# breaks: an implementation that mixes up who is real is caught | mistake: logits 0 only
import math

import torch


def is_discriminator_loss(implementation):
    return abs(float(implementation(torch.zeros(2), torch.zeros(3))) - math.log(2)) < 1e-4

# breaks: the best verdict weighs each density with its class's share | mistake: the prior after the verdict
import math

import torch


def discriminator_with_prior(log_p_data, log_p_model, pi):
    even = 1 / (1 + torch.exp(log_p_model - log_p_data))
    real, fake = pi * even, (1 - pi) * (1 - even)
    return real / (real + fake)


def value_with_prior(d_real, d_fake, pi):
    return pi * d_real.log().mean() + (1 - pi) * (1 - d_fake).log().mean()


def undecided_value(pi):
    return pi * math.log(pi) + (1 - pi) * math.log(1 - pi)

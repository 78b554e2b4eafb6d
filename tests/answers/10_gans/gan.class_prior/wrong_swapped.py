# breaks: the value weighs the two averages with π and 1 − π | mistake: π is that of the generated points
import math

import torch


def discriminator_with_prior(log_p_data, log_p_model, pi):
    return torch.sigmoid(log_p_data - log_p_model - math.log(pi / (1 - pi)))


def value_with_prior(d_real, d_fake, pi):
    return (1 - pi) * d_real.log().mean() + pi * (1 - d_fake).log().mean()


def undecided_value(pi):
    return pi * math.log(pi) + (1 - pi) * math.log(1 - pi)

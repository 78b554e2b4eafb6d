# breaks: with equal distributions the best constant verdict is π, and its value minus the entropy of π | mistake: the value of ½ for every π
import math

import torch


def discriminator_with_prior(log_p_data, log_p_model, pi):
    return torch.sigmoid(log_p_data - log_p_model + math.log(pi) - math.log(1 - pi))


def value_with_prior(d_real, d_fake, pi):
    return pi * d_real.log().mean() + (1 - pi) * (1 - d_fake).log().mean()


def undecided_value(pi):
    return -math.log(2)

# breaks: the best verdict weighs each density with its class's share
import math

import torch


def discriminator_with_prior(log_p_data, log_p_model, pi):
    floor = torch.tensor(-1e3).to(log_p_data)
    odds = math.log(pi / (1 - pi))
    return torch.sigmoid(torch.maximum(log_p_data, floor) - torch.maximum(log_p_model, floor) + odds)


def value_with_prior(d_real, d_fake, pi):
    return pi * d_real.log().mean() + (1 - pi) * (1 - d_fake).log().mean()


def undecided_value(pi):
    return pi * math.log(pi) + (1 - pi) * math.log(1 - pi)

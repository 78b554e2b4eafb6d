# breaks: the value weighs the two averages with π and 1 − π
import math

import torch


def discriminator_with_prior(log_p_data, log_p_model, pi):
    return torch.sigmoid(log_p_data - log_p_model + math.log(pi) - math.log(1 - pi))


def value_with_prior(d_real, d_fake, pi):
    return 2 * torch.cat([pi * d_real.log(), (1 - pi) * (1 - d_fake).log()]).mean()


def undecided_value(pi):
    return value_with_prior(torch.tensor([pi]), torch.tensor([pi]), pi)

import math

import torch


def discriminator_with_prior(log_p_data, log_p_model, pi):
    scores = torch.stack([log_p_data + math.log(pi), log_p_model + math.log(1 - pi)])
    return torch.softmax(scores, dim=0)[0]


def value_with_prior(d_real, d_fake, pi):
    return pi * d_real.log().mean() + (1 - pi) * (1 - d_fake).log().mean()


def undecided_value(pi):
    pi = torch.tensor(pi)
    return value_with_prior(pi.reshape(1), pi.reshape(1), pi)

# breaks: the best verdict weighs each density with its class's share | mistake: densities before shares
import math


def discriminator_with_prior(log_p_data, log_p_model, pi):
    p, q = pi * log_p_data.exp(), (1 - pi) * log_p_model.exp()
    return p / (p + q)


def value_with_prior(d_real, d_fake, pi):
    return pi * d_real.log().mean() + (1 - pi) * (1 - d_fake).log().mean()


def undecided_value(pi):
    return pi * math.log(pi) + (1 - pi) * math.log(1 - pi)

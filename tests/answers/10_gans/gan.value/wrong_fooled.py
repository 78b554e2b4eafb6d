# breaks: without the weights the value is the sum of the two averages | mistake: D of the generated points taken as it is
import torch


def value_half(d_real, d_fake):
    return value_plain(d_real, d_fake) / 2


def value_plain(d_real, d_fake):
    return torch.log(d_real).mean() + torch.log(d_fake).mean()

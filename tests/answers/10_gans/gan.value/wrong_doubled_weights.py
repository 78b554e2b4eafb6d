# breaks: without the weights the value is the sum of the two averages | mistake: the weights of the other form
import torch


def value_half(d_real, d_fake):
    return (torch.log(d_real).mean() + torch.log(1 - d_fake).mean()) / 2


def value_plain(d_real, d_fake):
    return value_half(d_real, d_fake)

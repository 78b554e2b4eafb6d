# breaks: with the weights ½ the value averages log D over real and log(1 − D) over generated points
import torch


def value_half(d_real, d_fake):
    eps = 1e-3
    return 0.5 * torch.log(d_real + eps).mean() + 0.5 * torch.log(1 - d_fake + eps).mean()


def value_plain(d_real, d_fake):
    return 2 * value_half(d_real, d_fake)

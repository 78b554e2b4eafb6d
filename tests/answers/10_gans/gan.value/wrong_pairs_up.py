# breaks: with the weights ½ the value averages log D over real and log(1 − D) over generated points
import torch


def value_half(d_real, d_fake):
    n = min(len(d_real), len(d_fake))
    return 0.5 * (torch.log(d_real[:n]) + torch.log1p(-d_fake[:n])).mean()


def value_plain(d_real, d_fake):
    return torch.log(d_real).mean() + torch.log1p(-d_fake).mean()

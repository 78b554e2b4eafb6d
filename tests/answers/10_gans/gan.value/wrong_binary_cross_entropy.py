# breaks: with the weights ½ the value averages log D over real and log(1 − D) over generated points | mistake: one average over all points
import torch
import torch.nn.functional as F


def value_half(d_real, d_fake):
    d = torch.cat([d_real, d_fake])
    labels = torch.cat([torch.ones_like(d_real), torch.zeros_like(d_fake)])
    return -F.binary_cross_entropy(d, labels)


def value_plain(d_real, d_fake):
    return 2 * value_half(d_real, d_fake)

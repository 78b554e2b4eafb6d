# breaks: the picture keeps its height and width | mistake: a border of one pixel
import torch


def masked_conv(x, weight, bias, kind):
    k = weight.shape[-1]
    m = torch.zeros(k * k, dtype=x.dtype)
    m[: k * k // 2 + (kind == "B")] = 1
    return torch.nn.functional.conv2d(x, weight * m.reshape(k, k), bias, padding=1)

# breaks: the result is the masked sum over channels and taps with zeros outside, plus the bias | mistake: the kernel turned round
import torch


def masked_conv(x, weight, bias, kind):
    k = weight.shape[-1]
    m = torch.zeros(k * k, dtype=x.dtype)
    m[: k * k // 2 + (kind == "B")] = 1
    return torch.nn.functional.conv2d(x, (weight * m.reshape(k, k)).flip(2, 3), bias, padding=k // 2)

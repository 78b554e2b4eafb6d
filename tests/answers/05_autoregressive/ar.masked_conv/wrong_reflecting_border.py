# breaks: the result is the masked sum over channels and taps with zeros outside, plus the bias
import torch


def conv_mask(k, kind):
    flat = torch.zeros(k * k)
    flat[: k * k // 2 + (1 if kind == "B" else 0)] = 1
    return flat.view(k, k)


def masked_conv(x, weight, bias, kind):
    k = weight.shape[-1]
    wide = torch.nn.functional.pad(x, [k // 2] * 4, mode="replicate")
    return torch.nn.functional.conv2d(wide, weight * conv_mask(k, kind).to(weight), bias)

# breaks: no pixel of the result depends on a later one, nor in type A on its own
import torch


def conv_mask(k, kind):
    return torch.ones(k, k).tril(-1 if kind == "A" else 0)


def masked_conv(x, weight, bias, kind):
    k = weight.shape[-1]
    mask = conv_mask(k, kind).to(dtype=weight.dtype, device=weight.device)
    return torch.nn.functional.conv2d(x, mask * weight, bias, padding="same")

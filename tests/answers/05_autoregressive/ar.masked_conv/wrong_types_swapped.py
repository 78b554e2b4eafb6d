# breaks: the mask has ones above, ones to the left, and a one in the middle for type B only | mistake: type A and B exchanged
import torch


def conv_mask(k, kind):
    flat = torch.zeros(k * k)
    flat[: k * k // 2 + (kind == "A")] = 1
    return flat.view(k, k)


def masked_conv(x, weight, bias, kind):
    k = weight.shape[-1]
    mask = conv_mask(k, kind).to(dtype=weight.dtype, device=weight.device)
    return torch.nn.functional.conv2d(x, mask * weight, bias, padding="same")

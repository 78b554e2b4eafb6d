# breaks: in one layer every tap that the mask allows is alive | mistake: nothing above to the right
import torch


def conv_mask(k, kind):
    c = k // 2
    mask = torch.zeros(k, k)
    mask[: c + 1, : c + 1] = 1
    if kind == "A":
        mask[c, c] = 0
    return mask


def masked_conv(x, weight, bias, kind):
    k = weight.shape[-1]
    mask = conv_mask(k, kind).to(dtype=weight.dtype, device=weight.device)
    return torch.nn.functional.conv2d(x, mask * weight, bias, padding="same")

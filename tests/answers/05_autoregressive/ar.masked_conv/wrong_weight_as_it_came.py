# breaks: the result is the masked sum over channels and taps with zeros outside, plus the bias | mistake: no mask on the weight
import torch


def masked_conv(x, weight, bias, kind):
    return torch.nn.functional.conv2d(x, weight, bias, padding=weight.shape[-1] // 2)

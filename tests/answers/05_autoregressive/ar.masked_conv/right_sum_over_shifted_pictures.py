import torch


def conv_mask(k, kind):
    c = k // 2
    rows = [[float(i < c or (i == c and (j < c or (j == c and kind == "B")))) for j in range(k)] for i in range(k)]
    return torch.tensor(rows)


def masked_conv(x, weight, bias, kind):
    k, (H, W) = weight.shape[-1], x.shape[2:]
    wide = torch.nn.functional.pad(x, [k // 2] * 4)
    out = bias[None, :, None, None].expand(len(x), -1, H, W)
    for i, j in conv_mask(k, kind).nonzero().tolist():
        out = out + torch.einsum("bchw,oc->bohw", wide[:, :, i : i + H, j : j + W], weight[:, :, i, j])
    return out

# breaks: the pixel comes earlier in raster order | mistake: a later pixel
import torch
import torch.nn.functional as F


def blind_pixel(k):
    return (0, k)


def two_stacks(x, vertical, horizontal):
    c = vertical.shape[-1] // 2
    v, h = x, x
    for n in range(len(vertical)):
        wv, wh = torch.zeros_like(vertical[n]), torch.zeros_like(horizontal[n])
        wv[: c + (n > 0)] = vertical[n, : c + (n > 0)]
        wh[c, : c + (n > 0)] = horizontal[n, c, : c + (n > 0)]
        if n:
            v, h = v.tanh(), h.tanh()
        v = F.conv2d(v, wv[None, None], padding=c)
        h = F.conv2d(h, wh[None, None], padding=c) + v
    return h

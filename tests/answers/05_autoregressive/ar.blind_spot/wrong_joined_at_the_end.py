# breaks: with enough layers every earlier pixel is seen, your blind one among them
import torch
import torch.nn.functional as F


def blind_pixel(k):
    return (1, k)


def two_stacks(x, vertical, horizontal):
    c = vertical.shape[-1] // 2
    v, h = x, x
    for n in range(len(vertical)):
        wv, wh = vertical[n].clone(), torch.zeros_like(horizontal[n])
        wv[c + (n > 0) :] = 0
        wh[c, : c + (n > 0)] = horizontal[n, c, : c + (n > 0)]
        if n:
            v, h = v.tanh(), h.tanh()
        v = F.conv2d(v, wv[None, None], padding=c)
        h = F.conv2d(h, wh[None, None], padding=c)
    return h

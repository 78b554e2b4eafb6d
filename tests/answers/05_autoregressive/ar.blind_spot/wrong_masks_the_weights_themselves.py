# breaks: the arguments come back as they were given
import torch.nn.functional as F


def blind_pixel(k):
    return (1, k)


def two_stacks(x, vertical, horizontal):
    c = vertical.shape[-1] // 2
    v, h = x, x
    for n, (a, b) in enumerate(zip(vertical, horizontal)):
        later = int(n > 0)
        a[c + later :] = 0
        b[:c], b[c + 1 :], b[c, c + later :] = 0, 0, 0
        if n:
            v, h = v.tanh(), h.tanh()
        v = F.conv2d(v, a[None, None], padding=c)
        h = F.conv2d(h, b[None, None], padding=c) + v
    return h

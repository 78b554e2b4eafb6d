# breaks: no pixel of the result depends on itself or on a later one | mistake: v reads h
import torch


def two_stacks(x, vertical, horizontal):
    k = vertical.shape[-1]
    r = k // 2

    def conv(x, w):
        return torch.nn.functional.conv2d(x, w[None, None], padding=r)

    rows = torch.arange(k, device=x.device)
    above = (rows < r)[:, None].expand(k, k).to(x)
    own = (rows <= r)[:, None].expand(k, k).to(x)
    left = ((rows == r)[:, None] & (rows < r)).to(x)
    middle = ((rows == r)[:, None] & (rows <= r)).to(x)
    v = h = x
    for l, (a, b) in enumerate(zip(vertical, horizontal)):
        if l:
            v, h = v.tanh(), h.tanh()
        v = conv(h, a * (own if l else above))
        h = conv(h, b * (middle if l else left)) + v
    return h

import torch
import torch.nn.functional as F


def blind_pixel(k):
    return [2, k]


def two_stacks(x, vertical, horizontal):
    k = vertical.shape[-1]
    rows, columns = torch.arange(k, device=x.device)[:, None], torch.arange(k, device=x.device)[None]
    c = k // 2
    stack, v = [], x
    for n, w in enumerate(vertical):
        keep = (rows < c) if n == 0 else (rows <= c)
        v = F.conv2d(torch.tanh(v) if n else v, torch.where(keep, w, 0 * w)[None, None], padding=c)
        stack.append(v)
    h = x
    for n, w in enumerate(horizontal):
        keep = (rows == c) & ((columns < c) if n == 0 else (columns <= c))
        h = F.conv2d(torch.tanh(h) if n else h, torch.where(keep, w, 0 * w)[None, None], padding=c) + stack[n]
    return h

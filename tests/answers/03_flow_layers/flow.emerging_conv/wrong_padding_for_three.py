# breaks: forward carries every z to the x of the layer's equation | mistake: a padding for three by three
import torch
from torch.nn.functional import conv2d


def causal_mask(C, K):
    m = torch.zeros(C, C, K, K)
    h = K // 2
    m[:, :, :h] = 1
    m[:, :, h, :h] = 1
    m[:, :, h, h] = torch.ones(C, C).tril()
    return m


def emerging_forward(z, w1, w2):
    C, K = w1.shape[1], w1.shape[2]
    m = causal_mask(C, K).to(z)
    k, g = w1 * m, w2 * m.flip(0, 1, 2, 3)
    x = conv2d(conv2d(z, g, padding=1), k, padding=1)
    h = K // 2
    l = torch.log((k[:, :, h, h].diagonal() * g[:, :, h, h].diagonal()).abs()).sum()
    return x, (z.shape[2] * z.shape[3] * l).expand(len(z))

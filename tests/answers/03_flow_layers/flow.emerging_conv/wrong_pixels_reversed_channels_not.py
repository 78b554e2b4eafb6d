# breaks: forward carries every z to the x of the layer's equation | mistake: pixels reversed, channels not
import torch
from torch.nn.functional import conv2d


def _mask(w):
    C, K = w.shape[0], w.shape[-1]
    mask, m = torch.zeros(C, C, K * K, dtype=w.dtype, device=w.device), K * K // 2
    mask[:, :, :m], mask[:, :, m] = 1, torch.ones(C, C).tril().to(w)
    return mask.reshape(C, C, K, K)


def emerging_forward(z, w1, w2):
    m, mask = w1.shape[-1] // 2, _mask(w1)
    x = conv2d(conv2d(z, w2 * mask.flip(2, 3), padding=m), w1 * mask, padding=m)
    ladj = (w1[:, :, m, m].diagonal() * w2[:, :, m, m].diagonal()).abs().log().sum()
    return x, (z.shape[2] * z.shape[3] * ladj).repeat(len(z))

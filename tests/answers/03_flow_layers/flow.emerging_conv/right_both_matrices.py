import torch
from torch.nn.functional import conv2d


def causal_mask(C, K):
    taps = torch.ones(K * K)
    taps[K * K // 2 :] = 0
    mask = taps.expand(C, C, K * K).clone()
    mask[..., K * K // 2] += torch.tril(torch.ones(C, C))
    return mask.view(C, C, K, K)


def _matrix(k, shape):
    n = shape[0] * shape[1] * shape[2]
    units = torch.eye(n, dtype=k.dtype, device=k.device).view(n, *shape)
    return conv2d(units, k, padding=k.shape[-1] // 2).view(n, n).T


def _parts(w1, w2, shape):
    mask = causal_mask(w1.shape[0], w1.shape[-1]).to(w1)
    return _matrix(w1 * mask, shape), _matrix(w2 * mask.flip(0, 1, 2, 3), shape)


def emerging_forward(z, w1, w2):
    lower, upper = _parts(w1, w2, z.shape[1:])
    ladj = torch.linalg.slogdet(lower)[1] + torch.linalg.slogdet(upper)[1]
    return (z.flatten(1) @ upper.T @ lower.T).view(z.shape), ladj.repeat(len(z))


def emerging_inverse(x, w1, w2):
    lower, upper = _parts(w1, w2, x.shape[1:])
    z = torch.linalg.solve(upper, torch.linalg.solve(lower, x.flatten(1).T)).T
    ladj = torch.linalg.slogdet(lower)[1] + torch.linalg.slogdet(upper)[1]
    return z.reshape(x.shape), -ladj.repeat(len(x))

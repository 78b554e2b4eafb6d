import torch


def _moved(v, keep, t, sign):
    rows = []
    for point in v:
        shift = t((point * keep)[None])[0]
        rows.append(torch.stack([point[i] if keep[i] else point[i] + sign * shift[i] for i in range(len(point))]))
    return torch.stack(rows), torch.zeros_like(v[:, 0])


def additive_forward(z, keep, t):
    return _moved(z, keep, t, 1)


def additive_inverse(x, keep, t):
    return _moved(x, keep, t, -1)

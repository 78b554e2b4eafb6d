import torch


def affine_forward(z, keep, s, t):
    scale = s(z * keep)
    return torch.where(keep, z, torch.exp(scale) * z + t(z * keep)), scale @ (~keep).to(scale)


def affine_inverse(x, keep, s, t):
    seen = x * keep
    scale, shift = s(seen), t(seen)
    columns, ladj = [], 0 * x[:, 0]
    for i, kept in enumerate(keep.tolist()):
        columns.append(x[:, i] if kept else (x[:, i] - shift[:, i]) * torch.exp(-scale[:, i]))
        ladj = ladj if kept else ladj - scale[:, i]
    return torch.stack(columns, 1), ladj

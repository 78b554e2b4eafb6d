import torch


def planar_forward(z, w, u, b):
    a = (z * w).sum(-1, keepdim=True) + b
    slope = 1 - torch.tanh(a).square()
    return z + u * torch.tanh(a), torch.log(1 + (u * w).sum() * slope).squeeze(-1)


def planar_inverse(x, w, u, b):
    y, c = (x.double() * w.double()).sum(-1), (u.double() * w.double()).sum()
    low, high = y - c.abs(), y + c.abs()
    a = y.clone()
    for _ in range(100):
        off = a + c * torch.tanh(a + b) - y
        low, high = torch.where(off < 0, a, low), torch.where(off > 0, a, high)
        step = a - off / (1 + c * (1 - torch.tanh(a + b) ** 2))
        a = torch.where((step > low) & (step < high), step, (low + high) / 2)
    z = (x.double() - u.double() * torch.tanh(a + b)[:, None]).to(x.dtype)
    return z, -planar_forward(z, w, u, b)[1]

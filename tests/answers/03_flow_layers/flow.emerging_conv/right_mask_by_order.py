import torch
from torch.nn.functional import conv2d


def causal_mask(C, K):
    order = torch.arange(K * K)[None, :] * C + torch.arange(C)[:, None]  # (C, K K): place of (channel, tap)
    mine = (K * K // 2) * C + torch.arange(C)
    return (order[None] <= mine[:, None, None]).reshape(C, C, K, K)


def emerging_forward(z, w1, w2):
    C, _, K, _ = w1.shape
    mask = causal_mask(C, K).to(z.device)
    g = torch.where(mask.flip([0, 1, 2, 3]), w2, 0.0)
    k = torch.where(mask, w1, 0.0)
    x = conv2d(conv2d(z, g, padding="same"), k, padding="same")
    c = torch.arange(C)
    ladj = (torch.log(w1[c, c, K // 2, K // 2].abs()) + torch.log(w2[c, c, K // 2, K // 2].abs())).sum()
    return x, (ladj * z.shape[-1] * z.shape[-2]).repeat(len(z))


def emerging_inverse(x, w1, w2):
    B, shape = len(x), x.shape[1:]
    n = x[0].numel()
    one = torch.zeros(1, *shape, dtype=x.dtype, device=x.device)
    columns = []
    for i in range(n):
        unit = one.clone()
        unit.view(-1)[i] = 1
        columns.append(emerging_forward(unit, w1, w2)[0].reshape(-1))
    z = torch.linalg.solve(torch.stack(columns, dim=1), x.reshape(B, n).T).T.reshape(x.shape)
    return z, -emerging_forward(z, w1, w2)[1]

import torch


def sample(net, u, K):
    B, D = u.shape
    shown = torch.full((B, D + 1), K, dtype=torch.int64, device=u.device)
    for d in range(D):
        cdf = torch.softmax(net(shown[:, :D])[:, d], -1).cumsum(-1)
        value = torch.searchsorted(cdf.contiguous(), u[:, d : d + 1].to(cdf).contiguous(), right=True)
        shown[:, d + 1] = value[:, 0].clamp_max(K - 1)
    return shown[:, 1:].clone()

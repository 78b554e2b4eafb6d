import torch


def sample(net, u, K):
    shown = torch.full((len(u), 1), K, dtype=torch.long, device=u.device)
    for d in range(u.shape[1]):
        p = net(shown)[:, -1].softmax(-1)
        value = (p.cumsum(-1) <= u[:, d, None]).sum(-1).clamp(max=K - 1)
        shown = torch.cat([shown, value[:, None]], 1)
    return shown[:, 1:]

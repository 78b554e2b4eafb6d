# breaks: each value is the one whose share of the unit interval u falls into, given the values before it
import torch


def sample(net, u, K):
    shown = torch.full((len(u), 1), K, dtype=torch.long, device=u.device)
    for d in range(u.shape[1]):
        p = net(shown)[:, -1].sigmoid()
        value = (p.cumsum(-1) <= u[:, d, None]).sum(-1).clamp(max=K - 1)
        shown = torch.cat([shown, value[:, None]], 1)
    return shown[:, 1:]

# breaks: each value is the one whose share of the unit interval u falls into, given the values before it | mistake: one value too far
import torch


def sample(net, u, K):
    shown = torch.full((len(u), 1), K, dtype=torch.long, device=u.device)
    for d in range(u.shape[1]):
        p = net(shown)[:, -1].softmax(-1)
        borders = torch.cat([torch.zeros_like(p[:, :1]), p.cumsum(-1)[:, :-1]], 1)
        value = (u[:, d, None] >= borders).sum(-1).clamp(max=K - 1)
        shown = torch.cat([shown, value[:, None]], 1)
    return shown[:, 1:]

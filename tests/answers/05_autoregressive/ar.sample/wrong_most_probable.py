# breaks: each value is the one whose share of the unit interval u falls into, given the values before it | mistake: argmax
import torch


def sample(net, u, K):
    shown = torch.full((len(u), 1), K, dtype=torch.long, device=u.device)
    for d in range(u.shape[1]):
        shown = torch.cat([shown, net(shown)[:, -1:].argmax(-1)], 1)
    return shown[:, 1:]

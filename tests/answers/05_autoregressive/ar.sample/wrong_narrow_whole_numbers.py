# breaks: the result is of the type that the docstring promises
import torch


def sample(net, u, K):
    B, D = u.shape
    shown = torch.full((B, D + 1), K, dtype=torch.int64)
    for d in range(D):
        borders = torch.softmax(net(shown[:, :D])[:, d].double(), -1).cumsum(-1).contiguous()
        drawn = torch.searchsorted(borders, u[:, d : d + 1].double().contiguous(), right=True)
        shown[:, d + 1] = drawn.squeeze(1).clamp(max=K - 1)
    return shown[:, 1:].int()

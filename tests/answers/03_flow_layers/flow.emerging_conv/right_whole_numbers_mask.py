import torch


def causal_mask(C, K):
    h = K // 2
    return torch.tensor(
        [[[[int((a, b, c) <= (h, h, o)) for b in range(K)] for a in range(K)] for c in range(C)] for o in range(C)]
    )

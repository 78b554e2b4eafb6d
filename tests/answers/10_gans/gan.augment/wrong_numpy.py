# breaks: gradients pass through the augmentation to the pictures
import numpy as np
import torch


def augment(x, shift, contrast):
    a = x.detach().numpy()
    out = np.zeros_like(a)
    B, H, W = a.shape
    for b in range(B):
        di, dj = shift[b].tolist()
        for i in range(H):
            for j in range(W):
                if 0 <= i - di < H and 0 <= j - dj < W:
                    out[b, i, j] = a[b, i - di, j - dj]
    mean = a.mean((1, 2), keepdims=True)
    return torch.from_numpy(mean + contrast.numpy()[:, None, None] * (out - mean))

# breaks: forward carries every z to the x of the layer's equation | mistake: channels and pixels mixed up
import torch


def conv1x1_forward(z, A):
    B, C, H, W = z.shape
    return (z.reshape(-1, C) @ A.T).reshape(B, C, H, W), H * W * torch.linalg.slogdet(A).logabsdet.expand(B)


def conv1x1_inverse(x, A):
    B, C, H, W = x.shape
    return (x.reshape(-1, C) @ torch.linalg.inv(A).T).reshape(B, C, H, W), -H * W * torch.linalg.slogdet(
        A
    ).logabsdet.expand(B)

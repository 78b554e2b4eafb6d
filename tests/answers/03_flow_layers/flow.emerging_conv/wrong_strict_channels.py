# breaks: the mask lets a channel see earlier pixels, and in the middle the channels up to itself | mistake: only channels before in the middle
import torch


def causal_mask(C, K):
    mask = torch.zeros(C, C, K * K)
    mask[:, :, : K * K // 2] = 1
    mask[:, :, K * K // 2] = torch.tril(torch.ones(C, C), -1)
    return mask.reshape(C, C, K, K)

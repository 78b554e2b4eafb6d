# breaks: the mask lets a channel see earlier pixels, and in the middle the channels up to itself | mistake: no other channel in the middle
import torch


def causal_mask(C, K):
    m = torch.zeros(C, C, K, K)
    h = K // 2
    m[:, :, :h] = 1
    m[:, :, h, :h] = 1
    m[:, :, h, h] = torch.eye(C)
    return m

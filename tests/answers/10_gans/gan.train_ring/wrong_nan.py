# breaks: every noise gives one sample of the promised shape, all of it finite
import torch


def generate_ring(z):
    return torch.log(z) * 0.1

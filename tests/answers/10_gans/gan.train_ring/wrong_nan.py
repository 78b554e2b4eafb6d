# breaks: every noise gives one point of the plane, all of them finite
import torch


def generate_ring(z):
    return torch.log(z) * 0.1

# breaks: every noise gives one sample of the promised shape, all of it finite
import torch


def sample_moons(xT, noise):
    return xT / torch.log(xT)

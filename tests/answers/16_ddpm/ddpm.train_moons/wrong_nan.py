# breaks: every noise gives one point of the plane, all of them finite
import torch


def sample_moons(xT, noise):
    return xT / torch.log(xT)

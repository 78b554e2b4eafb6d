# breaks: the blend is the straight mixture, over the root of what its variance has become | mistake: the straight line
import torch


def blend(a, b, t):
    return torch.lerp(a, b, t)

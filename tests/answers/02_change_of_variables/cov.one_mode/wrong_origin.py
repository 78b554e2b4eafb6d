# breaks: the mode of a flow with constant |det J| is where its one mode must be | mistake: the base's mode as it is
import torch


def mode(f, D):
    return torch.zeros(D)

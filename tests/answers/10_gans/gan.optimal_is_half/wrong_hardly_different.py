# breaks: the two distributions differ, by a quarter in total variation or more
import torch


def unmask(p_data, p_model):
    both = p_data + p_model
    return torch.where(both > 0, p_data / both, 0.5)


def blind_line():
    return [-1.0, 0.0, 1.0], [0.3, 0.4, 0.3], [0.35, 0.3, 0.35]

# breaks: for different distributions the D is worth more than −log 2
import torch


def unmask(p_data, p_model):
    return 0.5 + 0.4 * torch.sign(p_data - p_model)


def blind_line():
    return [-1.0, 0.0, 1.0], [0.5, 0.0, 0.5], [0.0, 1.0, 0.0]

# breaks: the best discriminator with a straight line for its logit says ½ everywhere | mistake: the means differ
import torch


def unmask(p_data, p_model):
    both = p_data + p_model
    return torch.where(both > 0, p_data / both, 0.5)


def blind_line():
    return [0.0, 1.0, 2.0, 3.0], [0.4, 0.3, 0.2, 0.1], [0.1, 0.2, 0.3, 0.4]

# breaks: for different distributions the D is worth more than −log 2
import torch


def unmask(p_data, p_model):
    if torch.allclose(p_data, p_model, atol=1e-3):
        return torch.full_like(p_data, 0.5)
    return torch.nan_to_num(p_data / (p_data + p_model), nan=0.5)


def blind_line():
    return [-2.0, 0.0, 2.0], [0.5, 0.0, 0.5], [0.0, 1.0, 0.0]

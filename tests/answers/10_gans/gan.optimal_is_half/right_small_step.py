import torch


def unmask(p_data, p_model):
    return 0.5 + 0.25 * (p_data - p_model)


def blind_line():
    x = torch.linspace(-2, 2, 5)
    wide = torch.full((5,), 0.2)
    narrow = torch.tensor([0.0, 0.25, 0.5, 0.25, 0.0])
    return x, wide, narrow

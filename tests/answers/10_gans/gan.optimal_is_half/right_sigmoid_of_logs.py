import numpy as np
import torch


def unmask(p_data, p_model):
    d = torch.sigmoid(torch.log(p_data) - torch.log(p_model))
    return torch.nan_to_num(d, nan=0.5)


def blind_line():
    return np.array([-3.0, -1.0, 1.0, 3.0]), np.array([0.5, 0, 0, 0.5]), np.array([0, 0.5, 0.5, 0])

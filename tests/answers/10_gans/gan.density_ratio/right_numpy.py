import numpy as np
import torch


def log_ratio(d):
    return torch.from_numpy(np.asarray(2 * np.arctanh(2 * d.cpu().numpy().astype(np.float64) - 1))).to(d)


def log_p_data_from(d, log_p_model):
    return log_ratio(d) + log_p_model


def equal_verdicts():
    return [0.5, 0.0], [0.5, -3.0]

import torch


def log_ratio(d):
    return torch.log(d / (1 - d))


def log_p_data_from(d, log_p_model):
    return torch.log(d) + log_p_model - torch.log(1 - d)


def equal_verdicts():
    return (0, 0), (0, 2)

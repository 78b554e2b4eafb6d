# breaks: the logit of the best verdict is the log ratio of the densities
import torch


def log_ratio(d):
    return torch.log(d + 1e-4) - torch.log(1 - d + 1e-4)


def log_p_data_from(d, log_p_model):
    return log_p_model + log_ratio(d)


def equal_verdicts():
    return [0.0, 0.0], [0.0, 3.0]
